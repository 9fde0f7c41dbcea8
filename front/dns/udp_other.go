//go:build !linux

package dns

import (
	"net"
	"syscall"
)

// sharesAddress says that an address has one socket: what sharing means differs from system to system.
const sharesAddress = false

func shareAddress(_, _ string, _ syscall.RawConn) error { return nil }

// A haul is for systems that have one.
type haul struct{}

func newHaul(*net.UDPConn) *haul { return nil }

func (*haul) serve(*desk) error { return net.ErrClosed }
