# Reference values of misclassified_binary, the likelihood of Hausman, Abrevaya & Scott-Morton 1998 with known rates.
# Rscript misclassified.R DATA_DIR > misclassified.json
library(jsonlite)
data_dir <- commandArgs(trailingOnly = TRUE)[1]
rossi <- read.csv(file.path(data_dir, "rossi.csv"))
target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
x <- model.matrix(~ fin + I(age / 10) + prio, rossi)
colnames(x) <- c("Intercept", "fin", "decade", "prio")
y <- rossi$arrest
sensitivity <- 0.9
specificity <- 0.97
inverse <- list(logit = plogis, cloglog = function(eta) -expm1(-exp(eta)), probit = pnorm)
slope <- list(logit = dlogis, cloglog = function(eta) exp(eta - exp(eta)), probit = dnorm)
cases <- list()
for (link in names(inverse)) {
  named <- function(b) 1 - specificity + (sensitivity + specificity - 1) * inverse[[link]](drop(x %*% b))
  minus <- function(b) -sum(ifelse(y == 1, log(named(b)), log1p(-named(b))))
  gradient <- function(b) {
    p <- named(b)
    -colSums(x * ((y / p - (1 - y) / (1 - p)) * (sensitivity + specificity - 1) * slope[[link]](drop(x %*% b))))
  }
  fit <- list(par = c(-1, 0, 0, 0))
  for (round in 1:20) fit <- optim(fit$par, minus, gradient, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
  # To all digits: Newton with the derivative of the gradient by central differences.
  second <- function(b) {
    h <- 1e-5
    m <- sapply(seq_along(b), function(j) {
      e <- replace(numeric(length(b)), j, h)
      (8 * (gradient(b + e) - gradient(b - e)) - (gradient(b + 2 * e) - gradient(b - 2 * e))) / (12 * h)
    })
    (m + t(m)) / 2
  }
  b <- fit$par
  for (round in 1:10) b <- b - solve(second(b), gradient(b))
  # Louis 1982 with the expected information of the true outcomes: what their being unknown takes away is the
  # variance of their score given what was named. For the logit this is the second derivative itself.
  eta <- drop(x %*% b)
  f <- slope[[link]](eta)
  p <- inverse[[link]](eta)
  true <- ifelse(y == 1, sensitivity, 1 - sensitivity) * p
  false <- ifelse(y == 1, 1 - specificity, specificity) * (1 - p)
  share <- true / (true + false)
  information <- crossprod(x, x * (f^2 / (p * (1 - p)) - share * (1 - share) * (f / p + f / (1 - p))^2))
  if (link == "logit") stopifnot(max(abs(information / second(b) - 1)) < 1e-6)
  se <- sqrt(diag(solve(information)))
  targets <- list(loglik = target(-minus(b), 1e-8))
  for (j in seq_along(b)) {
    targets[[paste0("params[", colnames(x)[j], "]")]] <- target(b[j], 1e-6)
    targets[[paste0("se[", colnames(x)[j], "]")]] <- target(se[j], 1e-5)
  }
  cases[[paste0("rossi_", link)]] <- list(
    data = unbox("lifelines:rossi"), source = unbox("R optim, likelihood by hand"), targets = targets
  )
}
content <- list(made_with = list(R = unbox(paste(R.version$major, R.version$minor, sep = "."))), cases = cases)
cat(toJSON(content, digits = NA, pretty = TRUE), "\n")
