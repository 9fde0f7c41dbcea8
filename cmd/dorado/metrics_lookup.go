package main

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"example.org/dorado/front/whois"
)

// The label of what a front-end made of a request.
const labelOutcome = "outcome"

// measureWHOIS returns what counts answers of WHOIS.
func (h *house) measureWHOIS() func(whois.Outcome, time.Duration) {
	queries := h.metrics.counter("dorado_whois_queries_total", "Connections that were answered: with what there is, or why not.", labelOutcome)
	times := h.metrics.spans("dorado_whois_query_seconds", "From a whole query to its answer.", answerBuckets()).WithLabelValues()
	for _, o := range whois.Outcomes() {
		queries.WithLabelValues(string(o))
	}
	return func(o whois.Outcome, took time.Duration) {
		queries.WithLabelValues(string(o)).Inc()
		if o == whois.OutcomeAnswer {
			times.Observe(took.Seconds())
		}
	}
}

// A statusWriter notes how an answer begins.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the first status that is not provisional.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// measureHTTPS counts the answers of pages and interfaces, by the pattern under which they are mounted: so many as there
// are, whatever strangers ask for.
func (h *house) measureHTTPS(next http.Handler) http.Handler {
	answers := h.metrics.counter("dorado_https_answers_total", "Answers by HTTPS, by what answered.", "route", "code")
	times := h.metrics.spans("dorado_https_answer_seconds", "From a request to the end of its answer.", answerBuckets(), "route")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, noted := time.Now(), &statusWriter{ResponseWriter: w}
		next.ServeHTTP(noted, r)
		route := cmp.Or(r.Pattern, "none")
		answers.WithLabelValues(route, strconv.Itoa(cmp.Or(noted.status, http.StatusOK))).Inc()
		times.WithLabelValues(route).Observe(time.Since(began).Seconds())
	})
}
