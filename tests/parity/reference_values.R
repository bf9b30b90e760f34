# Reference values of the estimators, computed by R and kept in reference_values.json.
#
#   Rscript tests/parity/reference_values.R > tests/parity/reference_values.json
#
# from the project's root. Needs survival, sandwich and lmtest. The lottery data (Berry & Berry 1990, APSR 84(2))
# are not part of the project: they are expected in ../shared/parity. The tests only read the JSON.

suppressPackageStartupMessages({
  library(survival)
  library(sandwich)
  library(lmtest)
})

# --- JSON without a further package --------------------------------------------------------------------------
json <- function(x) {
  if (is.list(x)) {
    inner <- vapply(x, json, "")
    if (is.null(names(x))) return(paste0("[", paste(inner, collapse = ", "), "]"))
    return(paste0("{", paste0("\"", names(x), "\": ", inner, collapse = ",\n"), "}"))
  }
  one <- if (is.character(x)) paste0("\"", gsub("\"", "\\\\\"", x), "\"")
         else ifelse(is.na(x), "null", sprintf("%.15g", x))
  if (!is.null(names(x))) return(paste0("{", paste0("\"", names(x), "\": ", one, collapse = ", "), "}"))
  if (length(x) == 1) one else paste0("[", paste(one, collapse = ", "), "]")
}

# R's names of terms as formulaic writes them.
rename <- function(terms, factors) {
  terms <- sub("^\\(Intercept\\)$", "Intercept", terms)
  for (name in factors) terms <- sub(paste0("^", name, "(.+)$"), paste0(name, "[T.\\1]"), terms)
  terms
}

# --- binary outcomes -----------------------------------------------------------------------------------------
# glm() stops on the deviance, which is flat at the maximum: started again until the coefficients stand still.
tight <- function(formula, link, data) {
  control <- glm.control(epsilon = 1e-15, maxit = 100)
  fit <- glm(formula, binomial(link), data, control = control)
  for (round in 1:50) {
    before <- coef(fit)
    fit <- glm(formula, binomial(link), data, control = control, start = before)
    if (max(abs(coef(fit) / before - 1)) < 1e-12) break
  }
  fit
}

jackknife <- function(formula, link, data, cluster, full) {
  labels <- unique(data[[cluster]])
  gaps <- sapply(labels, function(label) {
    part <- data[data[[cluster]] != label, ]
    coef(tight(formula, link, part)) - full
  })
  (length(labels) - 1) / length(labels) * gaps %*% t(gaps)
}

binary <- function(formula, link, data, cluster, factors = character()) {
  fit <- tight(formula, link, data)
  terms <- rename(names(coef(fit)), factors)
  by <- data[[cluster]]
  covariances <- list(
    iid = vcov(fit),
    HC1 = vcovHC(fit, type = "HC1"),
    CR0 = vcovCL(fit, cluster = by, type = "HC0", cadjust = FALSE),
    CR1 = vcovCL(fit, cluster = by, type = "HC0", cadjust = TRUE),
    CR3 = jackknife(formula, link, data, cluster, coef(fit))
  )
  test <- coeftest(fit, vcov. = covariances$CR1)
  normal <- coefci(fit, vcov. = covariances$CR1)
  groups <- length(unique(by))
  with_t <- coeftest(fit, vcov. = covariances$CR1, df = groups - 1)
  interval_t <- coefci(fit, vcov. = covariances$CR1, df = groups - 1, level = 0.9)
  label <- function(x) setNames(as.vector(x), terms)
  list(
    formula = gsub(" +", " ", paste(deparse(formula), collapse = " ")), link = link, cluster = cluster,
    nobs = nobs(fit), n_events = sum(fit$y), n_clusters = groups,
    loglik = as.numeric(logLik(fit)), loglik_null = -fit$null.deviance / 2, aic = AIC(fit), bic = BIC(fit),
    params = label(coef(fit)),
    se = lapply(covariances, function(V) label(sqrt(diag(V)))),
    first_row_of_vcov = lapply(covariances, function(V) label(V[1, ])),
    tidy_CR1 = list(
      statistic = label(test[, 3]), p_value = label(test[, 4]),
      conf_low = label(normal[, 1]), conf_high = label(normal[, 2])
    ),
    tidy_CR1_t_90 = list(
      p_value = label(with_t[, 4]), conf_low = label(interval_t[, 1]), conf_high = label(interval_t[, 2])
    ),
    fitted_first_rows = unname(fitted(fit)[1:5])
  )
}

# Average marginal effects of the logit; the gradient of the delta method by central differences.
margins <- function(formula, data, cluster, factors) {
  fit <- tight(formula, "logit", data)
  X <- model.matrix(fit)
  block <- function(term) {
    of <- factors[vapply(factors, function(name) startsWith(term, name), TRUE)]
    if (length(of)) grep(paste0("^", of), colnames(X)) else match(term, colnames(X))
  }
  effect <- function(b) vapply(setdiff(colnames(X), "(Intercept)"), function(term) {
    if (!all(X[, term] %in% c(0, 1))) return(mean(dlogis(X %*% b)) * b[[match(term, colnames(X))]])
    off <- X
    off[, block(term)] <- 0
    on <- off
    on[, term] <- 1
    mean(plogis(on %*% b) - plogis(off %*% b))
  }, 0)
  b <- coef(fit)
  J <- sapply(seq_along(b), function(j) {
    h <- replace(0 * b, j, 1e-5 * max(1, abs(b[j])))
    (effect(b + h) - effect(b - h)) / (2 * h[j])
  })
  V <- vcovCL(fit, cluster = data[[cluster]], type = "HC0", cadjust = TRUE)
  terms <- rename(names(effect(b)), factors)
  list(formula = gsub(" +", " ", paste(deparse(formula), collapse = " ")), cluster = cluster,
       estimate = setNames(unname(effect(b)), terms), se_CR1 = setNames(sqrt(diag(J %*% V %*% t(J))), terms))
}

# --- survival ------------------------------------------------------------------------------------------------
curve <- function(fit) {
  s <- summary(fit, censored = TRUE)
  list(time = s$time, n_risk = s$n.risk, n_event = s$n.event, n_censor = s$n.censor, survival = s$surv,
       std_error = s$std.err, conf_low = s$lower, conf_high = s$upper)
}

kaplan_meier <- function(data) {
  one <- survfit(Surv(time, event) ~ 1, data)
  groups <- sort(unique(data$group))
  each <- lapply(groups, function(name) survfit(Surv(time, event) ~ 1, data[data$group == name, ]))
  names(each) <- groups
  list(all = curve(one), median = unname(summary(one)$table["median"]), by_group = lapply(each, curve),
       median_by_group = sapply(each, function(fit) unname(summary(fit)$table["median"])))
}

# --- the file ------------------------------------------------------------------------------------------------
synthetic <- read.csv("tests/data/synthetic_binary.csv")
spells <- read.csv("tests/data/synthetic_survival.csv")
lottery <- read.delim("../shared/parity/berry_berry_1990_lottery.tab")
complete <- lottery[complete.cases(lottery), ]

small <- y ~ x1 + x2 + x3
berry <- adopt ~ neighbor + income1 + fiscal + party + religion + elect1 + elect2
links <- c("cloglog", "logit", "probit")
named <- function(fits) setNames(fits, links)

cat(json(list(
  made_with = list(
    R = paste(R.version$major, R.version$minor, sep = "."),
    survival = as.character(packageVersion("survival")),
    sandwich = as.character(packageVersion("sandwich")),
    lmtest = as.character(packageVersion("lmtest"))
  ),
  synthetic_binary = named(lapply(links, function(link) binary(small, link, synthetic, "cluster"))),
  synthetic_categories = binary(y ~ x1 + region, "logit", synthetic, "cluster", "region"),
  synthetic_margins = margins(y ~ x1 + x2 + x3 + region, synthetic, "cluster", "region"),
  synthetic_survival = kaplan_meier(spells),
  berry_berry_1990 = named(lapply(links, function(link) binary(berry, link, complete, "state")))
)), "\n")
