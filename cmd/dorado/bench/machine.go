package bench

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// A Machine is where a run was made. What the system does not tell is empty.
type Machine struct {
	Cores     int    `json:"cores"`
	CPU       string `json:"cpu"`
	MemoryMiB int    `json:"memoryMiB"`
	System    string `json:"system"` // and the release of its kernel
	Go        string `json:"go"`
	Load      string `json:"load"` // the load averages before the run
}

// ThisMachine returns the machine that the program runs on.
func ThisMachine() Machine {
	m := Machine{
		Cores: runtime.NumCPU(), Go: runtime.Version() + " " + runtime.GOARCH,
		System: strings.TrimSpace(runtime.GOOS + " " + strings.TrimSpace(readProc("sys/kernel/osrelease"))),
		CPU:    procField("cpuinfo", "model name"),
	}
	if kib, err := strconv.Atoi(strings.TrimSuffix(procField("meminfo", "MemTotal"), " kB")); err == nil {
		m.MemoryMiB = kib / 1024
	}
	if words := strings.Fields(readProc("loadavg")); len(words) > 2 {
		m.Load = strings.Join(words[:3], " ")
	}
	return m
}

// String describes the machine in one line.
func (m Machine) String() string {
	return fmt.Sprintf("%d cores %s, %d MiB, %s, %s, load %s", m.Cores, m.CPU, m.MemoryMiB, m.System, m.Go, m.Load)
}

// readProc returns a file of Linux's /proc, and "" where there is none.
func readProc(name string) string {
	data, err := os.ReadFile("/proc/" + name)
	if err != nil {
		return ""
	}
	return string(data)
}

// procField returns the first value of a field in a file of lines "field: value".
func procField(file, field string) string {
	for line := range strings.Lines(readProc(file)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
