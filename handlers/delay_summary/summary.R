# One day's delays in words, from carrier-delays.csv: a stage of the pipeline flights-daily.
# Base R alone: `handlers.staged_files` fetches what it reads and puts what it writes.

inputs <- Sys.getenv("INPUT_FOLDER")
outputs <- Sys.getenv("OUTPUT_FOLDER")
file <- file.path(inputs, "carrier-delays.csv")
if (!file.exists(file)) {
  stop("carrier-delays.csv is not there: the stage before this one writes it")
}
delays <- read.csv(file, stringsAsFactors = FALSE)
if (nrow(delays) == 0) {
  stop("carrier-delays.csv has no rows: no flights on that day")
}

flights <- sum(delays$flights)
on_time <- sum(delays$on_time_share * delays$flights) / flights
flown <- delays[!is.na(delays$mean_arrival_delay), ]
ranked <- flown[order(flown$mean_arrival_delay), ]
quartiles <- if (nrow(flown) > 0) quantile(flown$mean_arrival_delay, c(0.25, 0.5, 0.75)) else rep(NA, 3)

lines <- c(
  sprintf("# Flights of %s", delays$flight_day[1]),
  "",
  sprintf("- %d flights of %d carriers, %d cancelled", flights, nrow(delays), sum(delays$cancelled)),
  sprintf("- %.1f %% arrived on time", 100 * on_time),
  sprintf("- mean arrival delay by carrier, quartiles: %.1f, %.1f, %.1f minutes",
          quartiles[1], quartiles[2], quartiles[3]),
  "",
  "| carrier | flights | on time | mean arrival delay |",
  "| --- | --: | --: | --: |",
  sprintf("| %s | %d | %.1f %% | %.1f |",
          ranked$carrier, ranked$flights, 100 * ranked$on_time_share, ranked$mean_arrival_delay)
)
writeLines(lines, file.path(outputs, "summary.md"))
cat(sprintf("summary of %d carriers written\n", nrow(delays)))
