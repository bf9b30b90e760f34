# Reference values of the score wild cluster bootstrap, all Webb vectors enumerated. Rscript wild.R DATA_DIR > wild.json
library(jsonlite)
data_dir <- commandArgs(trailingOnly = TRUE)[1]
rossi <- read.csv(file.path(data_dir, "rossi.csv"))
target <- function(value, tolerance, kind = "relative") {
  list(value = unbox(unname(value)), tolerance = unbox(tolerance), kind = unbox(kind))
}
rossi$cell <- rossi$age %% 5
x <- model.matrix(~ fin + age + prio, rossi)
y <- rossi$arrest
points <- c(-sqrt(1.5), -1, -sqrt(0.5), sqrt(0.5), 1, sqrt(1.5))
cells <- sort(unique(rossi$cell))
g <- length(cells)
all_weights <- as.matrix(expand.grid(rep(list(points), g)))
targets <- list()
for (term in c("fin", "age", "prio")) {
  # The null imposed: without the term; scores and information of the whole model there.
  kept <- x[, colnames(x) != term]
  null <- glm.fit(kept, y, family = binomial(), control = list(epsilon = 1e-15, maxit = 100))
  p <- plogis(drop(kept %*% null$coefficients))
  scores <- sapply(cells, function(c) colSums(x[rossi$cell == c, ] * (y - p)[rossi$cell == c]))
  information <- lapply(cells, function(c) {
    rows <- x[rossi$cell == c, ]
    crossprod(rows, rows * (p * (1 - p))[rossi$cell == c])
  })
  bread <- solve(Reduce(`+`, information))
  place <- which(colnames(x) == term)
  statistic <- function(w) {
    step <- drop(bread %*% (scores %*% w))
    left <- sapply(seq_len(g), function(c) drop(bread[place, ] %*% (scores[, c] * w[c] - information[[c]] %*% step)))
    step[place] / sqrt(g / (g - 1) * sum(left^2))
  }
  own <- statistic(rep(1, g))
  drawn <- apply(all_weights, 1, statistic)
  targets[[paste0("statistic[", term, "]")]] <- target(own, 1e-6)
  targets[[paste0("p[", term, "]")]] <- target(mean(abs(drawn) >= abs(own) * (1 - 1e-9)), 1e-12, "absolute")
}
content <- list(
  made_with = list(R = unbox(paste(R.version$major, R.version$minor, sep = "."))),
  cases = list(rossi_webb = list(
    data = unbox("lifelines:rossi"), source = unbox("R glm, all 7,776 Webb vectors by hand"), targets = targets
  ))
)
cat(toJSON(content, digits = NA, pretty = TRUE), "\n")
