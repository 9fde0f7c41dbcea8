package dns

import "sync/atomic"

// Counts are how many messages there were since the start, and what became of them.
type Counts struct {
	Received       uint64 // messages, by UDP and TCP
	Ignored        uint64 // no answer: without a whole header, or themselves answers
	Special        uint64 // transfers and signed messages, of which TransferCounts says more
	Notified       uint64 // NOTIFY of child zones, taken
	Malformed      uint64 // FORMERR
	NotImplemented uint64 // NOTIMP: another opcode, a type that is none of data
	BadVersion     uint64 // BADVERS
	BadCookie      uint64 // BADCOOKIE, in place of an answer that was held back, or to who asked whether its cookie is good
	Refused        uint64 // REFUSED: another class, a name outside, a transfer
	Failed         uint64 // SERVFAIL
	Answered       uint64 // with the records that were asked for
	Referred       uint64
	NoData         uint64
	NoName         uint64 // NXDOMAIN
	Truncated      uint64 // of those before: with TC, since not all fits
	Held           uint64 // no answer: too many alike to one network; errors are among those before, too
	Slipped        uint64 // TC alone in place of such an answer
	Cookies        uint64 // a cookie, to who asked for nothing else
	ByTCP          uint64 // of those received
}

// The counts in the order of the fields of Counts.
const (
	countReceived = iota
	countIgnored
	countSpecial
	countNotified
	countMalformed
	countNotImplemented
	countBadVersion
	countBadCookie
	countRefused
	countFailed
	countAnswered
	countReferred
	countNoData
	countNoName
	countTruncated
	countHeld
	countSlipped
	countCookies
	countTCP
	countKinds
)

// A tally is what one worker has counted, apart from those of others so that they do not wait for each other.
type tally struct {
	counts [countKinds]atomic.Uint64
	_      [64]byte // another worker's is on another line of the cache
}

func (t *tally) add(kind int) { t.counts[kind].Add(1) }

// sum returns the tallies together.
func sum(tallies []*tally) Counts {
	var n [countKinds]uint64
	for _, t := range tallies {
		for i := range n {
			n[i] += t.counts[i].Load()
		}
	}
	return Counts{
		n[countReceived], n[countIgnored], n[countSpecial], n[countNotified], n[countMalformed], n[countNotImplemented], n[countBadVersion],
		n[countBadCookie], n[countRefused], n[countFailed], n[countAnswered], n[countReferred], n[countNoData],
		n[countNoName], n[countTruncated], n[countHeld], n[countSlipped], n[countCookies], n[countTCP],
	}
}
