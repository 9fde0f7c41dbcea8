package dns

import (
	"context"
	"time"

	"example.org/dorado/core/zone"
)

// A transferPlan is what a secondary is sent.
type transferPlan struct {
	version *zone.Version
	diffs   []zone.Diff // that lead to the version, in order
	full    bool        // the whole version in place of these
	current bool        // the SOA alone: the secondary has what there is
}

// planTime is how long the differences may take to be read.
const planTime = 10 * time.Second

// condenseBytes is how long differences are that are worth making one of. Shorter ones fit into a message or two.
const condenseBytes = 16 << 10

// condensable is how many times the zone differences may have of octets for one to be made of them, and looked at whether
// that is shorter than the zone.
const condensable = 4

// plan decides what is sent: nothing but the SOA if the secondary has what there is, the differences if they are kept
// and shorter than the zone, else the zone. An error comes along with a plan that sends the zone. RFC 1995 sections 2
// and 4.
func (x *transfers) plan(t transferRequest, v *zone.Version) (transferPlan, error) {
	full := transferPlan{version: v, full: true}
	if !t.isIncremental() {
		return full, nil
	}
	if !isNewer(v.Serial(), t.serial) {
		return transferPlan{version: v, current: true}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), planTime)
	defer cancel()
	diffs, err := x.source.diffs(ctx, t.origin, t.serial)
	if err != nil {
		return full, err
	}
	if diffs = leading(diffs, t.serial, v.Serial()); diffs == nil {
		return full, nil
	}
	size := diffBytes(diffs)
	if size > condensable*v.Bytes() {
		return full, nil
	}
	if size > condenseBytes && len(diffs) > 1 {
		one, err := zone.Condense(diffs)
		if err != nil {
			return full, err
		}
		diffs = []zone.Diff{one}
		size = diffBytes(diffs)
	}
	if size > v.Bytes() {
		return full, nil
	}
	return transferPlan{version: v, diffs: diffs}, nil
}

// leading returns those of differences that lead from one serial to another, nil if they do not. More may have been
// published since the version was taken.
func leading(diffs []zone.Diff, from, to uint32) []zone.Diff {
	for i, d := range diffs {
		if d.From != from {
			return nil
		}
		if from = d.To; from == to {
			return diffs[:i+1]
		}
	}
	return nil
}

func diffBytes(diffs []zone.Diff) int {
	n := 0
	for _, d := range diffs {
		n += len(d.Removed) + len(d.Added)
	}
	return n
}

// isNewer compares serials. RFC 1982 section 3.2.
func isNewer(a, b uint32) bool { return int32(a-b) > 0 }
