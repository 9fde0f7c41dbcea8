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

// maxTRID is the most characters of trIDStringType. RFC 5730 section 4.2.
const maxTRID = 64

// tridPrefix keeps an id within them.
var tridPrefix = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,31}$`)

// newTRIDs returns a function that makes server transaction ids, unique for ever and safe for
// concurrent use, such as "DORADO-AGM7K5XQ3Q…".
func newTRIDs(prefix string, now func() time.Time, random func(n int) []byte) (func() string, error) {
	if !tridPrefix.MatchString(prefix) {
		return nil, fmt.Errorf("the transaction id prefix %q is not 1 to 32 of A-Z, 0-9 and hyphens", prefix)
	}
	encoding := base32.HexEncoding.WithPadding(base32.NoPadding)
	return func() string {
		var id [tridTimeBytes + tridRandomBytes]byte
		const others = 64 - 8*tridTimeBytes // bits, which the random ones replace
		binary.BigEndian.PutUint64(id[:], uint64(now().UnixMilli())<<others)
		copy(id[tridTimeBytes:], random(tridRandomBytes))
		text := append(make([]byte, 0, maxTRID), prefix...)
		return string(encoding.AppendEncode(text, id[:]))
	}, nil
}
