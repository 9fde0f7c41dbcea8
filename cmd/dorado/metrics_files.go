package main

import (
	"strconv"

	"example.org/dorado/front/ftps"
)

// measureFiles adds what is known of the files that this node makes.
func (h *house) measureFiles() {
	h.metrics.add(
		gauge("dorado_files_made_timestamp_seconds", "Up to when the files of a kind are made, by the registry's clock.", func(tell sample) {
			for kind, at := range h.files.Made().Until {
				tell(float64(at.Unix()), kind)
			}
		}, "files"),
		gauge("dorado_files_fault", "1 while files that are due cannot be made.", func(tell sample) {
			fault := 0.0
			if h.files.Made().Fault != nil {
				fault = 1
			}
			tell(fault)
		}),
	)
}

// measureFTPS has a server of files count what it does.
func (h *house) measureFTPS(c *ftps.Config) {
	commands := h.metrics.counter("dorado_ftps_commands_total", "Commands that were answered, by the first digit of the code.", labelCommand, "class")
	octets := h.metrics.counter("dorado_ftps_sent_octets_total", "Octets of files and listings that were sent.").WithLabelValues()
	for _, command := range ftps.Commands() {
		commands.WithLabelValues(command, "2")
		commands.WithLabelValues(command, "5")
	}
	c.Answered = func(command string, code int) { commands.WithLabelValues(command, strconv.Itoa(code/100)).Inc() }
	c.Sent = func(n int64) { octets.Add(float64(n)) }
	h.metrics.add(gauge("dorado_ftps_connections", "Control connections, by whether somebody has logged in.", func(tell sample) {
		connections, logins := h.ftps.Sessions()
		tell(float64(connections-logins), "no")
		tell(float64(logins), "yes")
	}, "login"))
}
