package dns

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// refusals tell the log of transfers and signed messages that are refused: of each network at once, and then once a
// minute how many more there were. A stranger can send as many as it likes, in the name of as many networks as it likes,
// so both the lines and what is remembered are bounded.
type refusals struct {
	log *slog.Logger

	mu     sync.Mutex
	by     map[netip.Prefix]*refusal
	others int // of networks beyond maxRefusers
}

// A refusal is what was refused to one network lately.
type refusal struct {
	why   string
	count int // since the log was told
}

const (
	// maxRefusers is how many networks the log is told of by name in a minute.
	maxRefusers = 20
	// refusalsEvery is how often it is told of one network.
	refusalsEvery = time.Minute
)

// refusalWords stand in the log for each refusal.
const refusalWords = "a transfer or a signed message is refused"

// add notes a refusal. The details are logged with the first one of a network.
func (r *refusals) add(from netip.Addr, why string, details ...any) {
	network := neighbours(from)
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.by[network]; known != nil {
		known.why = why
		known.count++
		return
	}
	if len(r.by) >= maxRefusers {
		r.others++
		return
	}
	if r.by == nil {
		r.by = map[netip.Prefix]*refusal{}
	}
	r.by[network] = &refusal{why: why}
	r.log.Warn(refusalWords, append([]any{"from", from, "why", why}, details...)...)
}

// tell tells the log how many more there were since it was told last, and forgets who is quiet.
func (r *refusals) tell() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for network, is := range r.by {
		if is.count == 0 {
			delete(r.by, network)
			continue
		}
		r.log.Warn(refusalWords, "from", network, "why", is.why, "times", is.count)
		is.count = 0
	}
	if r.others > 0 {
		r.log.Warn(refusalWords, "from", "other networks", "times", r.others)
		r.others = 0
	}
}

// neighbours is the network of an address that the log knows it by: one party's, as in the limits on answers.
func neighbours(a netip.Addr) netip.Prefix {
	bits := prefix6
	if a = a.Unmap().WithZone(""); a.Is4() {
		bits = prefix4
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
