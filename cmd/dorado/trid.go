package main

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"regexp"
	"time"
)

// A server transaction id has 48 bits of time, so that ids sort roughly by time, and 80 random
// bits, so that two nodes never make the same one.
const (
	tridTimeBytes   = 6
	tridRandomBytes = 10
)

// tridPrefix keeps an id within the 3 to 64 characters of trIDStringType, RFC 5730 section 4.2.
var tridPrefix = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,31}$`)

// newTRIDs returns a function that makes server transaction ids, unique for ever and safe for
// concurrent use, such as "DORADO-AGM7K5XQ3Q…".
func newTRIDs(prefix string, now func() time.Time, random func(n int) []byte) (func() string, error) {
	if !tridPrefix.MatchString(prefix) {
		return nil, fmt.Errorf("the transaction id prefix %q is not 1 to 32 of A-Z, 0-9 and hyphens", prefix)
	}
	return func() string {
		milliseconds := binary.BigEndian.AppendUint64(nil, uint64(now().UnixMilli()))
		id := append(milliseconds[8-tridTimeBytes:], random(tridRandomBytes)...)
		return prefix + base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(id)
	}, nil
}
