package rdap

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/policy"
)

// A visitor is a source of strangers, or one who is known. The zero visitor stands for all for whom there is no room.
type visitor struct {
	network netip.Prefix
	who     string
}

// mostVisitors is how many are told apart, on this node.
const mostVisitors = 100_000

// allowance returns as whom a source, or one who is known, is counted, and how often he may ask; the zero Rate: as often as he
// likes.
func (h *Handler) allowance(from netip.Addr, who string) (visitor, policy.Rate) {
	switch {
	case who != "":
		return visitor{who: who}, h.config.CallerRate
	case within(h.config.Allowed, from):
		return visitor{}, policy.Rate{}
	}
	return visitor{network: policy.Network(from)}, h.config.Rate
}

// count counts a query of a source, or of one who is known, and refuses it if there were too many.
func (h *Handler) count(from netip.Addr, who string) *problem {
	v, rate := h.allowance(from, who)
	if wait := h.visitors.Spend(v, rate, h.service().Real()); wait > 0 {
		return &problem{
			http.StatusTooManyRequests, "too many queries came from where you are; ask again in " + inSeconds(wait), wait,
		}
	}
	return nil
}

// counted counts a query that is refused: who sends what nobody can answer has the same allowance. It returns what he is told.
func (h *Handler) counted(from netip.Addr, refusal *problem) *problem {
	if tooMany := h.count(from, ""); tooMany != nil {
		return tooMany
	}
	return refusal
}

// takeResults takes up to so many results from the allowance of who asks, beside his query, and says how many he may have.
func (h *Handler) takeResults(q query, most int) int {
	v, rate := h.allowance(q.from, q.caller.Who)
	got, _ := h.visitors.Take(v, rate, most, h.service().Real())
	return got
}

// returnResults gives back results that were taken and are not in the answer.
func (h *Handler) returnResults(q query, n int) {
	v, rate := h.allowance(q.from, q.caller.Who)
	h.visitors.Return(v, rate, n)
}

// inSeconds tells a time in whole seconds after which it is over.
func inSeconds(wait time.Duration) string {
	if wait < time.Second {
		return "1 second"
	}
	return strconv.Itoa(int(wait/time.Second)+1) + " seconds"
}

// Count counts a query of somebody that another page of the same server answers, and says how long he has to wait if it is
// one too many: who looks names up has one allowance, however he does.
func (h *Handler) Count(r *http.Request) (wait time.Duration) {
	if refusal := h.count(h.source(r), ""); refusal != nil {
		return refusal.retry
	}
	return 0
}

// source is where a query comes from: what the proxies in front say, as far as those are ours.
func (h *Handler) source(r *http.Request) netip.Addr {
	from := policy.Address(r.RemoteAddr)
	if !within(h.config.Proxies, from) {
		return from
	}
	hops := forwarded(r.Header, h.config.Forwarded)
	for _, hop := range slices.Backward(hops) {
		if !hop.IsValid() {
			return from
		}
		from = hop
		if !within(h.config.Proxies, from) {
			break
		}
	}
	return from
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// maxHops is how many of the last hops of a forwarded query are looked at.
const maxHops = 16

// forwarded returns the addresses that proxies have put down, the nearest last; one that cannot be read is not valid.
// RFC 7239, and the older header that most proxies send.
func forwarded(header http.Header, name string) []netip.Addr {
	parts := strings.Split(strings.Join(header.Values(name), ","), ",")
	if len(parts) > maxHops {
		parts = parts[len(parts)-maxHops:]
	}
	var hops []netip.Addr
	for _, part := range parts {
		if strings.EqualFold(name, "Forwarded") {
			part = forOf(part)
		}
		hops = append(hops, hopOf(strings.TrimSpace(part)))
	}
	return hops
}

// forOf returns the parameter "for" of one element of Forwarded. RFC 7239 section 4.
func forOf(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(key, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// hopOf reads an address with or without a port, and an IPv6 address with or without brackets.
func hopOf(text string) netip.Addr {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}
