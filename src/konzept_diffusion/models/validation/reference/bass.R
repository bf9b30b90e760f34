# Reference values of the adoption curves. Rscript bass.R DATA_DIR > bass.json
library(jsonlite)
library(numDeriv)
data_dir <- commandArgs(trailingOnly = TRUE)[1]
counts <- read.csv(file.path(data_dir, "brfarmers_adoptions.csv"))$adopters
total <- sum(counts)
bass <- function(t, p, q) (1 - exp(-(p + q) * t)) / (1 + q / p * exp(-(p + q) * t))

# nls() stops at its own criterion; Newton steps on its residual sum go on to the last digits.
polished <- function(model, loss) {
  theta <- coef(model)
  for (i in 1:4) theta <- theta - solve(hessian(loss, theta), grad(loss, theta))
  theta
}
least_squares <- function(share, t, curve, start) {
  data <- data.frame(share = share, t = t)
  right <- paste0("curve(t, ", paste(names(start), collapse = ", "), ")")
  model <- nls(as.formula(paste("share ~", right)), data = data, start = start,
               control = nls.control(tol = 1e-6, minFactor = 1e-8))
  loss <- function(theta) sum((share - do.call(curve, c(list(t), as.list(theta))))^2)
  theta <- setNames(polished(model, loss), names(start))
  J <- jacobian(function(theta) do.call(curve, c(list(t), as.list(theta))), unname(theta))
  s2 <- loss(unname(theta)) / (length(t) - length(theta))
  se <- sqrt(diag(s2 * solve(crossprod(J))))
  n <- length(t)
  list(theta = theta, se = se, loglik = -n / 2 * (log(2 * pi * loss(unname(theta)) / n) + 1))
}
maximum_likelihood <- function(n, remaining, curve, start) {
  t <- seq_along(n)
  cells <- function(theta) diff(c(0, do.call(curve, c(list(t), as.list(theta))), 1))
  all_counts <- c(n, remaining)
  loss <- function(theta) -sum(ifelse(all_counts > 0, all_counts * log(cells(theta)), 0))
  theta <- optim(start, loss, control = list(reltol = 1e-14, maxit = 5000))$par
  for (i in 1:6) theta <- theta - solve(hessian(loss, unname(theta)), grad(loss, unname(theta)))
  J <- jacobian(cells, unname(theta))
  pi <- cells(unname(theta))
  info <- sum(all_counts) * t(J / pi) %*% J
  list(theta = setNames(theta, names(start)), se = sqrt(diag(solve(info))), loglik = -loss(unname(theta)))
}
target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
case <- function(fit, source) {
  targets <- list()
  for (name in names(fit$theta)) {
    at <- match(name, names(fit$theta))
    targets[[paste0("params[", name, "]")]] <- target(fit$theta[[name]], 1e-6)
    targets[[paste0("se[", name, "]")]] <- target(fit$se[at], 1e-5)
  }
  targets[["loglik"]] <- target(fit$loglik, 1e-8)
  list(data = unbox("parity:brfarmers_adoptions.csv"), source = unbox(source), targets = targets)
}
share <- cumsum(counts) / total
logistic <- function(t, midpoint, rate) 1 / (1 + exp(-rate * (t - midpoint)))
gompertz <- function(t, midpoint, rate) exp(-exp(-rate * (t - midpoint)))
with_ceiling <- function(t, p, q, ceiling) ceiling * bass(t, p, q)
seen <- counts[1:19]
near <- list(p = 0.003, q = 0.32)
cases <- list(
  brfarmers_20 = case(least_squares(share, 1:20, bass, near), "R stats::nls"),
  brfarmers_21 = case(least_squares(c(share, 1), 1:21, bass, near),
                      "R stats::nls, the non-adopters' period added as netdiffuseR does"),
  brfarmers_censored_ceiling = case(
    least_squares(share[1:19], 1:19, with_ceiling, list(p = 0.004, q = 0.25, ceiling = 1.2)), "R stats::nls"),
  brfarmers_ml = case(maximum_likelihood(counts, 0, bass, c(p = 0.003, q = 0.32)), "R stats::optim and numDeriv"),
  brfarmers_censored_ml = case(maximum_likelihood(seen, 152, bass, c(p = 0.003, q = 0.32)),
                               "R stats::optim and numDeriv"),
  brfarmers_logistic = case(least_squares(share[1:19], 1:19, logistic, list(midpoint = 15, rate = 0.3)),
                            "R stats::nls"),
  brfarmers_gompertz_ml = case(maximum_likelihood(seen, 152, gompertz, c(midpoint = 12.5, rate = 0.17)),
                               "R stats::optim and numDeriv"),
  # nls() as called there stops at a relative offset of 1e-5: q is 2e-7 off the optimum.
  brfarmers_published = list(
    data = unbox("parity:brfarmers_adoptions.csv"),
    source = unbox("Adopters of hybrid seed in Brazil (Rogers et al.), nls as in netdiffuseR::fitbass"),
    targets = list(
      "20 years p" = target(0.00272254, 5.1e-9, "absolute"), "20 years q" = target(0.31948064, 1e-6),
      "21 years p" = target(0.00227874, 5.1e-9, "absolute"), "21 years q" = target(0.33673534, 1e-6)
    )
  )
)
versions <- list(R = unbox(as.character(getRversion())), numDeriv = unbox(as.character(packageVersion("numDeriv"))))
cat(toJSON(list(made_with = versions, cases = cases), digits = I(15), pretty = TRUE), "\n")
