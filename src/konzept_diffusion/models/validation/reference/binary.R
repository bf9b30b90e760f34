# Reference values of the discrete-time hazards and the logit. Rscript binary.R DATA_DIR > binary.json
library(jsonlite)
suppressPackageStartupMessages(library(sandwich))
data_dir <- commandArgs(trailingOnly = TRUE)[1]
read <- function(name) read.csv(file.path(data_dir, paste0(name, ".csv")))

target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
named <- function(what, values, tolerance) {
  found <- lapply(unname(values), target, tolerance = tolerance)
  names(found) <- paste0(what, "[", sub("^\\(Intercept\\)$", "Intercept", names(values)), "]")
  found
}
case <- function(data, source, targets) {
  list(data = unbox(data), source = unbox(source), targets = targets)
}
# glm() stops on the deviance, which is flat at the maximum: started again until the coefficients stand still.
tight <- function(formula, link, data, start = NULL) {
  control <- glm.control(epsilon = 1e-15, maxit = 100)
  fit <- glm(formula, binomial(link), data, control = control, start = start)
  for (round in 1:50) {
    before <- coef(fit)
    fit <- glm(formula, binomial(link), data, control = control, start = before)
    if (max(abs(coef(fit) / before - 1)) < 1e-12) break
  }
  fit
}
root <- function(v) sqrt(diag(v))
# CR1 as in the package: expected information as bread, G/(G-1).
cr1 <- function(fit, cluster, x = model.matrix(fit)) {
  working <- residuals(fit, "working") * weights(fit, "working")
  scores <- rowsum(x * working, cluster)
  a <- vcov(fit)
  g <- nrow(scores)
  a %*% crossprod(scores) %*% a * g / (g - 1)
}
cr3 <- function(fit, formula, link, data, cluster) {
  labels <- unique(cluster)
  gaps <- sapply(labels, function(label) {
    coef(tight(formula, link, data[cluster != label, ], start = coef(fit))) - coef(fit)
  })
  tcrossprod(gaps) * (length(labels) - 1) / length(labels)
}

lottery <- read("berry_berry_1990_lottery")
lottery_formula <- adopt ~ elect1 + elect2 + income1 + fiscal + party + religion + neighbor
used <- lottery[complete.cases(lottery[all.vars(lottery_formula)]), ]
cases <- list()
for (link in c("logit", "probit", "cloglog")) {
  fit <- tight(lottery_formula, link, used)
  cases[[paste0("lottery_", link)]] <- case(
    "parity:berry_berry_1990_lottery.tab", "R glm, sandwich by hand, jackknife by refits",
    c(
      named("params", coef(fit), 1e-6), named("se_iid", root(vcov(fit)), 1e-5),
      named("se_CR1", root(cr1(fit, used$state)), 1e-5),
      named("se_CR3", root(cr3(fit, lottery_formula, link, used, used$state)), 1e-5),
      list(loglik = target(as.numeric(logLik(fit)), 1e-8), nobs = target(nrow(used), 0, "absolute"),
           n_events = target(sum(used$adopt), 0, "absolute"))
    )
  )
}

rossi <- read("rossi")
weeks <- rossi[rep(seq_len(nrow(rossi)), rossi$week), ]
weeks$time <- sequence(rossi$week)
weeks$event <- as.integer(weeks$arrest == 1 & weeks$time == weeks$week)
weeks$t <- weeks$time / 10
rossi_formula <- event ~ fin + age + race + wexp + mar + paro + prio + t + I(t^2) + I(t^3)
fit <- tight(rossi_formula, "cloglog", weeks)
keep <- c("fin", "age", "race", "wexp", "mar", "paro", "prio")
cases$rossi_person_weeks <- case(
  "lifelines:rossi", "R glm on person-weeks with cubic time",
  c(
    named("params", coef(fit)[keep], 1e-6), named("se_iid", root(vcov(fit))[keep], 1e-5),
    list(loglik = target(as.numeric(logLik(fit)), 1e-8), nobs = target(nrow(weeks), 0, "absolute"))
  )
)

spector <- read("spector")
fair <- read("fair")
fair$had <- as.integer(fair$affairs > 0)
sets <- list(
  list("spector_logit", "statsmodels:spector", GRADE ~ GPA + TUCE + PSI, "logit", spector),
  list("spector_probit", "statsmodels:spector", GRADE ~ GPA + TUCE + PSI, "probit", spector),
  list("fair_logit", "statsmodels:fair", had ~ rate_marriage + age + yrs_married + religious, "logit", fair)
)
for (one in sets) {
  fit <- tight(one[[3]], one[[4]], one[[5]])
  cases[[one[[1]]]] <- case(
    one[[2]], "R glm",
    c(
      named("params", coef(fit), 1e-6), named("se_iid", root(vcov(fit)), 1e-5),
      list(loglik = target(as.numeric(logLik(fit)), 1e-8))
    )
  )
}

# The numbers given with the data, to their digits; where they come from a glm() that stopped on the deviance
# (the last digits of -0.38104821 and 0.169257 differ from the maximum's), with the tolerance of its stopping.
published <- function(name, data, source, values) {
  cases[[name]] <<- case(data, source, lapply(values, function(v) target(v[1], v[2], "absolute")))
}
given <- "Berry & Berry 1990 data, numbers given to the digits printed"
published("lottery_probit_given", "parity:berry_berry_1990_lottery.tab", given,
          list(loglik = c(-89.5605, 5e-5), "params[neighbor]" = c(0.27122, 5e-6),
               nobs = c(857, 0), n_events = c(27, 0)))
published("lottery_logit_given", "parity:berry_berry_1990_lottery.tab", given,
          list("params[neighbor]" = c(0.5154, 5e-5), "se_CR1[neighbor]" = c(0.169257, 2e-6),
               "se_CR3[neighbor]" = c(0.205023, 5e-7)))
published("lottery_cloglog_given", "parity:berry_berry_1990_lottery.tab", given,
          list("params[neighbor]" = c(0.4508, 5e-5)))
published("rossi_person_weeks_given", "lifelines:rossi", "Rossi person-weeks, cloglog with cubic time, as given",
          list("params[fin]" = c(-0.38104821, 2e-7), nobs = c(19809, 0)))

made_with <- list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")))
cat(toJSON(list(made_with = made_with, cases = cases), digits = I(15), pretty = TRUE), "\n")
