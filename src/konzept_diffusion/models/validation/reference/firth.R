# Reference values of Firth's penalised likelihood. Rscript firth.R DATA_DIR > firth.json
suppressMessages({library(jsonlite); library(brglm2)})
data_dir <- commandArgs(trailingOnly = TRUE)[1]
sex2 <- read.csv(file.path(data_dir, "sex2.csv"))
spector <- read.csv(file.path(data_dir, "spector.csv"))

target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
named <- function(what, values, tolerance, kind = "relative") {
  setNames(lapply(unname(values), target, tolerance = tolerance, kind = kind),
           paste0(what, "[", sub("(Intercept)", "Intercept", names(values), fixed = TRUE), "]"))
}
case <- function(data, source, targets) list(data = unbox(data), source = unbox(source), targets = targets)

jeffreys <- function(formula, data, link) {
  fit <- glm(formula, data, family = binomial(link), method = "brglmFit", type = "MPL_Jeffreys",
             epsilon = 1e-13, maxit = 5000, slowit = 0.5)
  c(named("params", coef(fit), 1e-6), named("se", sqrt(diag(vcov(fit))), 1e-5))
}

# Penalised likelihood ratios and profile bounds by brute force: the other coefficients by Newton steps on
# numerical derivatives, the bound by bisection.
profiles <- function(formula, data, level = 0.95) {
  X <- model.matrix(formula, data)
  y <- model.response(model.frame(formula, data))
  loss <- function(b) {
    eta <- drop(X %*% b)
    w <- dlogis(eta)
    -sum(plogis(ifelse(y == 1, eta, -eta), log.p = TRUE)) - determinant(crossprod(X, X * w))$modulus[1] / 2
  }
  polish <- function(f, b) {
    b <- optim(b, f, method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))$par
    for (i in 1:3) b <- b - solve(numDeriv::hessian(f, b), numDeriv::grad(f, b))
    b
  }
  start <- coef(glm(formula, data, family = binomial(), method = "brglmFit", epsilon = 1e-13, maxit = 5000))
  best <- loss(start)
  bounds <- list()
  for (j in seq_along(start)) {
    at <- function(value, begin) {
      whole <- function(rest) append(rest, value, after = j - 1)
      rest <- polish(function(rest) loss(whole(rest)), begin)
      2 * (loss(whole(rest)) - best)
    }
    bounds$ratio[j] <- at(0, start[-j])
    reach <- 6 * sqrt(solve(numDeriv::hessian(loss, start))[j, j])
    gap <- function(value) at(value, start[-j]) - qchisq(level, 1)
    bounds$low[j] <- uniroot(gap, c(start[j] - reach, start[j]), tol = 1e-10)$root
    bounds$high[j] <- uniroot(gap, c(start[j], start[j] + reach), tol = 1e-10)$root
  }
  lapply(bounds, setNames, names(start))
}

formula <- case ~ age + oc + vic + vicl + vis + dia
published <- c(Intercept = 0.12025404, age = -1.10598131, oc = -0.06881673, vic = 2.26887464,
               vicl = -2.11140817, vis = -0.78831695, dia = 3.09601166)
small <- GRADE ~ GPA + TUCE + PSI
p <- profiles(small, spector)
cases <- list(
  sex2_logit = case("parity:sex2.csv", "R brglm2::brglmFit", jeffreys(formula, sex2, "logit")),
  sex2_cloglog = case("parity:sex2.csv", "R brglm2::brglmFit, MPL_Jeffreys", jeffreys(formula, sex2, "cloglog")),
  sex2_probit = case("parity:sex2.csv", "R brglm2::brglmFit, MPL_Jeffreys", jeffreys(formula, sex2, "probit")),
  # Digits of logistf as cited in the tests of the Python package firthlogist and in logistf's printed output;
  # its iterations stop where estimates are good to some 2e-7.
  sex2_published = case("parity:sex2.csv", "logistf, sex2 example (Heinze & Schemper 2002)", c(
    named("params", published, 2e-7, "absolute"),
    named("conf_low", c(Intercept = -0.8185591, age = -1.9737884, oc = -0.9414363, vic = 1.2730216,
                        vicl = -3.2608611, vis = -1.6080879, dia = 0.7745682), 2e-7, "absolute"),
    named("conf_high", c(Intercept = 1.07315122, age = -0.30742514, oc = 0.78920202, vic = 3.43543273,
                         vicl = -1.11773495, vis = 0.01518468, dia = 8.03029352), 2e-8, "absolute"),
    named("ratio", c(Intercept = 0.06286298, age = 7.50773092, oc = 0.02467044, vic = 22.93139022,
                     vicl = 19.10407252, vis = 3.69740975, dia = 7.89693139), 2e-8, "absolute"),
    list(ratio_all = target(49.09064, 5e-6, "absolute")))),
  spector_logit = case("statsmodels:spector", "R brglm2::brglmFit", jeffreys(small, spector, "logit")),
  spector_cloglog = case("statsmodels:spector", "R brglm2::brglmFit, MPL_Jeffreys", jeffreys(small, spector, "cloglog")),
  spector_profile = case("statsmodels:spector", "R optim, penalised likelihood", c(
    named("ratio", p$ratio, 1e-6), named("conf_low", p$low, 1e-6), named("conf_high", p$high, 1e-6)))
)
made_with <- list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")),
                  brglm2 = unbox(as.character(packageVersion("brglm2"))))
cat(toJSON(list(made_with = made_with, cases = cases), digits = I(15), pretty = TRUE), "\n")
