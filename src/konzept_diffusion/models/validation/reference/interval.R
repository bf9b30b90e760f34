# Reference values of the interval-censored hazards. Rscript interval.R DATA_DIR > interval.json
suppressMessages({library(jsonlite); library(survival)})
data_dir <- commandArgs(trailingOnly = TRUE)[1]
rossi <- read.csv(file.path(data_dir, "rossi.csv"))
# Arrests known to four weeks only, those of the first four weeks by their upper bound, those of juveniles exactly.
rossi <- transform(rossi, low = ifelse(arrest == 1, 4 * ((week - 1) %/% 4), week))
rossi <- transform(rossi, high = ifelse(arrest == 1, low + 4, NA))
known <- rossi$arrest == 1 & rossi$age < 20
rossi$low[known] <- rossi$high[known] <- rossi$week[known]
rossi$low[rossi$low == 0] <- NA
options <- list(rel.tolerance = 1e-15, maxiter = 500)

target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
named <- function(what, values, tolerance) {
  names <- sub("Log(scale)", "log(scale)", names(values), fixed = TRUE)
  setNames(lapply(unname(values), target, tolerance = tolerance),
           paste0(what, "[", sub("(Intercept)", "Intercept", names, fixed = TRUE), "]"))
}
case <- function(source, targets) list(data = unbox("lifelines:rossi"), source = unbox(source), targets = targets)
fitted_by <- function(dist) {
  fit <- survreg(Surv(low, high, type = "interval2") ~ fin + age + prio, rossi, dist = dist, control = options)
  params <- coef(fit)
  if (dist != "exponential") params <- c(params, "Log(scale)" = log(fit$scale))
  case("R survival::survreg, interval2", c(
    named("params", params, 1e-6), named("se", setNames(sqrt(diag(vcov(fit))), names(params)), 1e-5),
    list(loglik = target(fit$loglik[2], 1e-9), loglik_null = target(fit$loglik[1], 1e-9))))
}
# Clustered: exact and right-censored rows, since survreg's scores of censored intervals do not sum to 0.
clustered <- survreg(Surv(week, arrest) ~ fin + age + prio + cluster(age %% 10), rossi,
                     control = options)
# Poisson regression on split spells is the piecewise constant hazard of exactly known times.
split <- survSplit(Surv(week, arrest) ~ fin + age + prio, rossi, cut = c(13, 26, 39), episode = "piece", start = "from")
pieces <- c("(0,13]", "(13,26]", "(26,39]", "(39,inf]")
poisson <- glm(arrest ~ 0 + factor(piece) + fin + age + prio + offset(log(week - from)), poisson, split,
               control = list(epsilon = 1e-14, maxit = 100))
names <- c(paste0("log(rate)", pieces), "fin", "age", "prio")
cases <- list(
  rossi_weibull = fitted_by("weibull"), rossi_exponential = fitted_by("exponential"),
  rossi_loglogistic = fitted_by("loglogistic"), rossi_lognormal = fitted_by("lognormal"),
  rossi_clustered = case("R survival::survreg, cluster", named("se", setNames(
    sqrt(diag(vcov(clustered))), c(names(coef(clustered)), "Log(scale)")), 1e-5)),
  rossi_piecewise = case("R stats::glm, Poisson on survSplit", c(
    named("params", setNames(coef(poisson), names), 1e-6),
    named("se", setNames(sqrt(diag(vcov(poisson))), names), 1e-5)))
)
made_with <- list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")),
                  survival = unbox(as.character(packageVersion("survival"))))
cat(toJSON(list(made_with = made_with, cases = cases), digits = I(15), pretty = TRUE), "\n")
