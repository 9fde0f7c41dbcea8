package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/front/ftps"
)

// filesConfig says where the files for registrars are, and how long they stay.
type filesConfig struct {
	Directory string `toml:"directory"`
	KeepDays  int    `toml:"keep_days"`
}

// ftpsConfig says how they are fetched.
type ftpsConfig struct {
	PassivePorts      string `toml:"passive_ports"`
	PublicAddress     string `toml:"public_address"`
	RequireResumption bool   `toml:"require_resumption"`

	Connections           int `toml:"connections"`
	ConnectionsPerAddress int `toml:"connections_per_address"`
	SessionsPerRegistrar  int `toml:"sessions_per_registrar"`
	IdleSeconds           int `toml:"idle_seconds"`
}

func defaultFiles() filesConfig { return filesConfig{Directory: "files", KeepDays: 400} }

func defaultFTPS() ftpsConfig {
	return ftpsConfig{Connections: 200, ConnectionsPerAddress: 20, SessionsPerRegistrar: 10, IdleSeconds: 300}
}

func (c filesConfig) check() error {
	switch {
	case c.Directory == "":
		return errors.New("files.directory: name a directory")
	case c.KeepDays < 35: // a month that is closed, at least
		return errors.New("files.keep_days: files stay 35 days at least, so that each month's are there")
	}
	return nil
}

// keep is how long a registrar's own files stay.
func (c filesConfig) keep() time.Duration { return time.Duration(c.KeepDays) * 24 * time.Hour }

func (c ftpsConfig) check() error {
	if _, err := c.ports(); err != nil {
		return err
	}
	if _, err := c.public(); err != nil {
		return err
	}
	for key, value := range map[string]int{
		"connections": c.Connections, "connections_per_address": c.ConnectionsPerAddress,
		"sessions_per_registrar": c.SessionsPerRegistrar, "idle_seconds": c.IdleSeconds,
	} {
		if value < 1 {
			return fmt.Errorf("ftps.%s: it is 1 at least", key)
		}
	}
	return nil
}

// ports reads the range of ports for data.
func (c ftpsConfig) ports() (p ftps.Ports, err error) {
	if c.PassivePorts == "" {
		return p, nil
	}
	wrong := fmt.Errorf("ftps.passive_ports: %q is no range of ports such as 50000-50199", c.PassivePorts)
	first, last, ok := strings.Cut(c.PassivePorts, "-")
	if !ok {
		return p, wrong
	}
	a, errA := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, errB := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	if errA != nil || errB != nil || a < 1 || b < a {
		return p, wrong
	}
	return ftps.Ports{First: uint16(a), Last: uint16(b)}, nil
}

// public reads the address that clients are told; zero: none.
func (c ftpsConfig) public() (netip.Addr, error) {
	if c.PublicAddress == "" {
		return netip.Addr{}, nil
	}
	a, err := netip.ParseAddr(c.PublicAddress)
	if err != nil || !a.Is4() {
		return a, fmt.Errorf("ftps.public_address: %q is no IPv4 address such as 192.0.2.21", c.PublicAddress)
	}
	return a, nil
}
