package main

import (
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what a monitoring system reads of this process, in the text format of Prometheus. Whoever has something to
// tell adds a family; docs/operating.md has a row for each, to which a test holds them. The values of labels are from the
// configuration, the profile and lists in the program: nothing that strangers send makes a series.
type metrics struct {
	registry *prometheus.Registry
	families []string // names, in the order in which they came
}

// A family is a metric of which all samples are read when somebody asks. What it reads must not wait for long.
type family struct {
	name, help string
	kind       prometheus.ValueType
	labels     []string
	read       func(tell sample)
}

// A sample tells one value, with the values of the family's labels.
type sample func(value float64, labels ...string)

// A collector is a family as the registry of metrics takes it.
type collector struct {
	family
	desc *prometheus.Desc
}

// Describe sends what the family is.
func (c collector) Describe(to chan<- *prometheus.Desc) { to <- c.desc }

// Collect sends its samples.
func (c collector) Collect(to chan<- prometheus.Metric) {
	c.read(func(value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(c.desc, c.kind, value, labels...)
	})
}

// The labels that several families have.
const (
	labelZone      = "zone"
	labelSecondary = "secondary"
	labelObject    = "object"
	labelCommand   = "command"
)

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry()}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.add(family{
		"dorado_build_info", "1, with the version of the program.", prometheus.GaugeValue,
		[]string{"version"},
		func(tell sample) { tell(1, version()) },
	})
	return m
}

// add adds families. It panics at the start if a name is there already.
func (m *metrics) add(list ...family) {
	for _, f := range list {
		m.registry.MustRegister(collector{f, prometheus.NewDesc(f.name, f.help, f.labels, nil)})
		m.families = append(m.families, f.name)
	}
}

// counter adds a family that is counted where things happen.
func (m *metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	m.families = append(m.families, name)
	return v
}

// spans adds a family of spans of time, which are put into buckets of so many seconds at most.
func (m *metrics) spans(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	m.families = append(m.families, name)
	return v
}

// The upper bounds of buckets, in seconds: the goals of architecture section 7 are among them.
func answerBuckets() []float64 {
	return []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}
}

func publicationBuckets() []float64 {
	return []float64{0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800}
}

const (
	// metricsAtOnce is how many may read the metrics at a time, and metricsTime how long that may take.
	metricsAtOnce = 4
	metricsTime   = 10 * time.Second
)

// handler answers with all families.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: metricsAtOnce, Timeout: metricsTime,
		DisableCompression: true, EnableOpenMetrics: true,
	})
}

// gauge is a family of things as they are now.
func gauge(name, help string, read func(tell sample), labels ...string) family {
	return family{name, help, prometheus.GaugeValue, labels, read}
}

// counted is a family of what has happened since the start.
func counted(name, help string, read func(tell sample), labels ...string) family {
	return family{name, help, prometheus.CounterValue, labels, read}
}

// each tells values by one label, in the order of its values.
func each[N uint64 | int](values map[string]N, tell sample) {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		tell(float64(values[key]), key)
	}
}

// truth is a condition as a value.
func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
