package store

import (
	"errors"
	"syscall"
	"time"
)

// tcpUserTimeout is the option of tcp(7) that the syscall package has no name for.
const tcpUserTimeout = 0x12

// unansweredTime is how long what was sent may wait for the other side to say that it came.
const unansweredTime = 10 * time.Second

// limitUnanswered ends a connection whose other side has gone without a word.
func limitUnanswered(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unansweredTime.Milliseconds()))
	})
	return errors.Join(err, failed)
}
