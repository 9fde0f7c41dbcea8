package dns

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"sync/atomic"
	"time"
)

// Cookies let a client show that it receives what is sent to its address, so that nobody else's queries are taken for
// its own. RFC 7873, RFC 9018.
const (
	clientCookie = 8  // octets
	serverCookie = 16 // version, three reserved octets, time, hash
	cookieBytes  = clientCookie + serverCookie

	cookieLife    = time.Hour        // RFC 9018 section 4.3
	cookieRenewal = 30 * time.Minute // after which it is replaced by a new one
	cookieSkew    = 5 * time.Minute  // between the clocks of servers

	secretLife = 24 * time.Hour // of one that is derived; RFC 7873 section 7.1 asks for 26 hours or less
)

// A cookieJar makes and checks server cookies. Those that share its secrets, or the key that they are derived from,
// know each other's.
type cookieJar struct {
	key  []byte                  // a secret of a day is derived from it; nil if those below are used
	days atomic.Pointer[secrets] // derived last
	set  *secrets                // as they were given
}

// secrets are those in force. The first one makes cookies, all are known. RFC 9018 section 5.
type secrets struct {
	day  int64
	list []secret
}

// newCookieJar returns one with secrets that are given, of 16 octets each, or, without any, with those of a key.
func newCookieJar(given [][]byte, key []byte) *cookieJar {
	if len(given) == 0 {
		return &cookieJar{key: key}
	}
	set := &secrets{}
	for _, g := range given {
		set.list = append(set.list, secret(g))
	}
	return &cookieJar{set: set}
}

// secrets returns those in force at an instant. One that was derived is known from the day before its own, since
// clocks differ, to the day after it.
func (j *cookieJar) secrets(now time.Time) *secrets {
	if j.set != nil {
		return j.set
	}
	day := now.Unix() / int64(secretLife/time.Second)
	if s := j.days.Load(); s != nil && s.day == day {
		return s
	}
	s := &secrets{day: day, list: []secret{j.derive(day), j.derive(day - 1), j.derive(day + 1)}}
	j.days.Store(s)
	return s
}

func (j *cookieJar) derive(day int64) secret {
	mac := hmac.New(sha256.New, j.key)
	mac.Write([]byte("dns cookie"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(day)))
	return secret(mac.Sum(nil)[:CookieSecretBytes])
}

// append appends a cookie for a client: its own part and a new one of ours.
func (j *cookieJar) append(to, client []byte, from netip.Addr, now time.Time) []byte {
	to = append(to, client[:clientCookie]...)
	to = append(to, 1, 0, 0, 0)
	to = binary.BigEndian.AppendUint32(to, uint32(now.Unix()))
	hash := cookieHash(&j.secrets(now).list[0], to[len(to)-clientCookie-8:], from)
	return binary.LittleEndian.AppendUint64(to, hash)
}

// check reports whether a cookie is one of ours for that client, and whether it is also fresh enough to be used on.
func (j *cookieJar) check(cookie []byte, from netip.Addr, now time.Time) (good, fresh bool) {
	if len(cookie) != cookieBytes || cookie[clientCookie] != 1 {
		return false, false
	}
	// Times are compared as serial numbers. RFC 9018 section 4.3.
	age := time.Duration(int32(uint32(now.Unix())-binary.BigEndian.Uint32(cookie[clientCookie+4:]))) * time.Second
	if age > cookieLife || age < -cookieSkew {
		return false, false
	}
	hash := binary.LittleEndian.Uint64(cookie[cookieBytes-8:])
	set := j.secrets(now)
	for i := range set.list {
		// A comparison of registers takes the same time whatever differs.
		if cookieHash(&set.list[i], cookie[:cookieBytes-8], from) == hash {
			return true, i == 0 && age <= cookieRenewal && age >= 0
		}
	}
	return false, false
}

// cookieHash is the hash of a cookie for an address, of its first 16 octets.
func cookieHash(s *secret, cookie []byte, from netip.Addr) uint64 {
	var input [clientCookie + 8 + 16]byte
	n := copy(input[:], cookie[:clientCookie+8])
	if from = from.Unmap(); from.Is4() {
		a := from.As4()
		n += copy(input[n:], a[:])
	} else {
		a := from.As16()
		n += copy(input[n:], a[:])
	}
	return sipHash(s, input[:n])
}
