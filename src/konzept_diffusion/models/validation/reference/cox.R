# Reference values of the Cox model and its companions. Rscript cox.R DATA_DIR > cox.json
library(jsonlite)
library(survival)
library(cmprsk)
data_dir <- commandArgs(trailingOnly = TRUE)[1]
rossi <- read.csv(file.path(data_dir, "rossi.csv"))
heart <- read.csv(file.path(data_dir, "stanford_heart_transplants.csv"))
target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
named <- function(what, values, tolerance) {
  found <- lapply(unname(values), target, tolerance = tolerance)
  names(found) <- paste0(what, "[", names(values), "]")
  found
}
case <- function(data, source, targets) {
  list(data = unbox(data), source = unbox(source), targets = targets)
}
tight <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)
numbers <- function(fit) {
  term <- names(coef(fit))
  naive <- if (is.null(fit$naive.var)) fit$var else fit$naive.var
  c(named("params", coef(fit), 1e-6),
    named("se", setNames(sqrt(diag(fit$var)), term), 1e-5),
    named("se_iid", setNames(sqrt(diag(naive)), term), 1e-5),
    list(loglik = target(fit$loglik[2], 1e-8), loglik_null = target(fit$loglik[1], 1e-8),
         concordance = target(fit$concordance[["concordance"]], 1e-8)))
}
tests <- function(fit, transform) {
  table <- cox.zph(fit, transform, terms = FALSE)$table
  named(paste0("ph_", transform), table[, "chisq"], 1e-6)
}
hazard <- function(fit, at) {
  base <- basehaz(fit, centered = FALSE)
  named("baseline", setNames(base$hazard[match(at, base$time)], at), 1e-6)
}
# Leave one cluster out, centred on the full estimate, (G-1)/G: no package has it for coxph.
jackknife <- function(formula, data, id, ...) {
  full <- coef(coxph(formula, data, control = tight, ...))
  groups <- unique(data[[id]])
  gaps <- sapply(groups, function(g) coef(coxph(formula, data[data[[id]] != g, ], control = tight, ...)) - full)
  setNames(sqrt(diag(gaps %*% t(gaps)) * (length(groups) - 1) / length(groups)), names(full))
}
all_terms <- Surv(week, arrest) ~ fin + age + race + wexp + mar + paro + prio
efron <- coxph(all_terms, rossi, control = tight)
breslow <- coxph(all_terms, rossi, ties = "breslow", control = tight)
layered <- coxph(Surv(week, arrest) ~ fin + age + race + mar + prio + strata(wexp, paro), rossi, control = tight)
by_age <- coxph(all_terms, rossi, cluster = age, control = tight)
spells <- Surv(start, stop, event) ~ age + year + surgery + transplant
heart_efron <- coxph(spells, heart, cluster = id, control = tight)
heart_breslow <- coxph(Surv(start, stop, event) ~ age + year + surgery + strata(transplant), heart, cluster = id,
                       ties = "breslow", control = tight)
curve <- function(fit, at) {
  position <- match(at, fit$time)
  c(named("survival", setNames(fit$surv[position], at), 1e-9),
    named("survival_se", setNames((fit$surv * fit$std.err)[position], at), 1e-8),
    named("cumulative_hazard", setNames(fit$cumhaz[position], at), 1e-9),
    named("cumulative_hazard_se", setNames(fit$std.chaz[position], at), 1e-8))
}
chisq <- function(...) target(survdiff(..., data = rossi)$chisq, 1e-8)
# Invented causes: arrests of the youngest count as censored, the others by whether there were three or more before.
cause <- with(rossi, ifelse(arrest == 1 & age >= 20, ifelse(prio >= 3, 2, 1), 0))
subhazard <- function(k) {
  fit <- crr(rossi$week, cause, as.matrix(rossi[, c("fin", "age", "wexp")]), failcode = k, gtol = 1e-13)
  term <- c("fin", "age", "wexp")
  c(named(paste0("fine_gray_", k), setNames(fit$coef, term), 1e-6),
    named(paste0("fine_gray_se_", k), setNames(sqrt(diag(fit$var)), term), 1e-5),
    setNames(list(target(fit$loglik, 1e-8)), paste0("fine_gray_loglik_", k)))
}
incidence <- function(at) {
  fit <- survfit(Surv(week, factor(cause)) ~ 1, rossi)
  row <- match(at, fit$time)
  unlist(lapply(1:2, function(k) c(
    named(paste0("incidence_", k), setNames(fit$pstate[row, k + 1], at), 1e-9),
    named(paste0("incidence_se_", k), setNames(fit$std.err[row, k + 1], at), 1e-8))), recursive = FALSE)
}
specific <- function(k) {
  fit <- coxph(Surv(week, cause == k) ~ fin + age + wexp, rossi, control = tight)
  named(paste0("specific_", k), coef(fit), 1e-6)
}
home <- "lifelines:rossi"
hospital <- "lifelines:stanford_heart_transplants"
cases <- list(
  rossi_efron = case(home, "R survival::coxph, cox.zph, basehaz",
    c(numbers(efron), tests(efron, "km"), tests(efron, "identity"), tests(efron, "rank"), tests(efron, "log"),
      hazard(efron, c(10, 52)))),
  rossi_breslow = case(home, "R survival::coxph, cox.zph, basehaz",
    c(numbers(breslow), tests(breslow, "km"), hazard(breslow, c(10, 52)))),
  rossi_strata = case(home, "R survival::coxph, cox.zph", c(numbers(layered), tests(layered, "km"))),
  rossi_cluster = case(home, "R survival::coxph(cluster=); refits for CR3",
    c(numbers(by_age), named("se_CR3", jackknife(all_terms, rossi, "age"), 1e-5))),
  rossi_published = case(home, "issue of the project (R survival 3.5-3)",
    list("params[fin]" = target(-0.37942217, 5e-9, "absolute"), "se[fin]" = target(0.19137948, 5e-9, "absolute"),
         loglik = target(-658.7477, 5e-5, "absolute"))),
  heart_efron = case(hospital, "R survival::coxph, cox.zph, basehaz",
    c(numbers(heart_efron), tests(heart_efron, "km"), tests(heart_efron, "rank"), hazard(heart_efron, c(53, 996)),
      named("se_CR3", jackknife(spells, heart, "id"), 1e-5))),
  heart_strata_breslow = case(hospital, "R survival::coxph, cox.zph", c(numbers(heart_breslow), tests(heart_breslow, "km"))),
  heart_published = case(hospital, "issue of the project (R survival 3.5-3)",
    list("params[age]" = target(0.02716664, 5e-9, "absolute"), "params[year]" = target(-0.14634635, 5e-9, "absolute"),
         "params[surgery]" = target(-0.63720989, 5e-9, "absolute"),
         "params[transplant]" = target(-0.01025077, 5e-9, "absolute"))),
  rossi_curves = case(home, "R survival::survfit, survdiff",
    c(curve(survfit(Surv(week, arrest) ~ 1, rossi), c(10, 52)),
      list(logrank_fin = chisq(Surv(week, arrest) ~ fin), logrank_prio = chisq(Surv(week, arrest) ~ prio),
           logrank_wexp_strata_mar = chisq(Surv(week, arrest) ~ wexp + strata(mar)),
           peto_fin = chisq(Surv(week, arrest) ~ fin, rho = 1)))),
  rossi_competing = case(home, "R survival::survfit, coxph; cmprsk::crr; invented causes",
    c(incidence(c(10, 40)), specific(1), specific(2), subhazard(1), subhazard(2))),
  heart_curves = case(hospital, "R survival::survfit",
    curve(survfit(Surv(start, stop, event) ~ 1, heart), c(5, 53, 996)))
)
made_with <- list(R = unbox(paste(R.version$major, R.version$minor, sep = ".")),
                  survival = unbox(as.character(packageVersion("survival"))),
                  cmprsk = unbox(as.character(packageVersion("cmprsk"))))
cat(toJSON(list(made_with = made_with, cases = cases), digits = I(15), pretty = TRUE), "\n")
