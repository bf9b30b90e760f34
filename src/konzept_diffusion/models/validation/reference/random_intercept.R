# Reference values of the random-intercept models. Rscript random_intercept.R DATA_DIR > random_intercept.json
suppressMessages({library(jsonlite); library(lme4)})
data_dir <- commandArgs(trailingOnly = TRUE)[1]
fair <- read.csv(file.path(data_dir, "fair.csv"))
fair <- transform(fair, y = as.numeric(affairs > 0), years = yrs_married / 10,
                  cell = paste(occupation, occupation_husb, educ))

target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
named <- function(what, values, tolerance) {
  setNames(lapply(unname(values), target, tolerance = tolerance),
           paste0(what, "[", sub("(Intercept)", "Intercept", names(values), fixed = TRUE), "]"))
}
# glmer differentiates its deviance numerically: standard errors to 1e-5 of that, coefficients to the rhoend.
fitted_by <- function(link) {
  fit <- glmer(y ~ years + religious + rate_marriage + (1 | cell), fair, family = binomial(link), nAGQ = 25,
               control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e5)))
  pooled <- glm(y ~ years + religious + rate_marriage, fair, family = binomial(link), epsilon = 1e-14)
  modes <- ranef(fit)$cell
  first <- rownames(modes)[1:3]
  targets <- c(
    named("params", fixef(fit), 2e-6), named("se", setNames(sqrt(diag(vcov(fit))), names(fixef(fit))), 5e-5),
    list(sd = target(getME(fit, "theta"), 5e-6), loglik = target(as.numeric(logLik(fit)), 1e-9),
         loglik_pooled = target(as.numeric(logLik(pooled)), 1e-9)),
    named("mode", setNames(modes[first, 1], first), 2e-5))
  list(data = unbox("statsmodels:fair"), source = unbox("R lme4::glmer, nAGQ = 25"), targets = targets)
}
cases <- list(fair_logit = fitted_by("logit"), fair_cloglog = fitted_by("cloglog"), fair_probit = fitted_by("probit"))
made_with <- list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")),
                  lme4 = unbox(as.character(packageVersion("lme4"))))
cat(toJSON(list(made_with = made_with, cases = cases), digits = I(15), pretty = TRUE), "\n")
