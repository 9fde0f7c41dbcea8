package dns

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/zone"
)

// A Key is a secret that two servers share, under which they sign messages to each other. RFC 8945.
type Key struct {
	Name      zone.Name
	Algorithm string // hmac-sha256, hmac-sha384 or hmac-sha512
	Secret    []byte
}

// ParseKey reads a key as dig takes it after -y: hmac-sha256:NAME:SECRET, the secret in base64.
func ParseKey(text string) (Key, error) {
	algorithm, rest, _ := strings.Cut(text, ":")
	name, secret, found := strings.Cut(rest, ":")
	if !found {
		return Key{}, errors.New("this is no key; write it as hmac-sha256:NAME:SECRET, the secret in base64")
	}
	k := Key{Algorithm: strings.ToLower(algorithm)}
	var err error
	if k.Name, err = zone.ParseName(name); err != nil {
		return Key{}, err
	}
	if k.Secret, err = base64.StdEncoding.DecodeString(secret); err != nil {
		return Key{}, errors.New("the secret is no base64")
	}
	return k, k.check()
}

// String returns the key as ParseKey reads it, secret and all.
func (k Key) String() string {
	return k.Algorithm + ":" + strings.TrimSuffix(k.Name.String(), ".") + ":" + base64.StdEncoding.EncodeToString(k.Secret)
}

// minSecret is the length of the shortest secret that is taken: half that of the shortest hash. RFC 2104 section 3 asks
// for the whole; keys of 128 bits are common among operators of secondaries.
const minSecret = 16

func (k Key) check() error {
	switch {
	case k.hash() == nil:
		return fmt.Errorf("%q is no algorithm of TSIG here; use hmac-sha256, hmac-sha384 or hmac-sha512", k.Algorithm)
	case k.Name == "" || k.Name == zone.Root:
		return errors.New("the key has no name")
	case len(k.Secret) < minSecret:
		return fmt.Errorf("the secret has %d octets; it needs %d at least", len(k.Secret), minSecret)
	}
	return nil
}

// hash returns a new HMAC under the key, nil for an algorithm that there is not.
func (k Key) hash() hash.Hash {
	switch k.Algorithm {
	case "hmac-sha256":
		return hmac.New(sha256.New, k.Secret)
	case "hmac-sha384":
		return hmac.New(sha512.New384, k.Secret)
	case "hmac-sha512":
		return hmac.New(sha512.New, k.Secret)
	}
	return nil
}

// algorithmName is the algorithm as a domain name.
func (k Key) algorithmName() zone.Name {
	return zone.Name(append(append([]byte{byte(len(k.Algorithm))}, k.Algorithm...), 0))
}

// fudge is by how much two clocks may differ, in seconds. RFC 8945 section 10.
const fudge = 300

// A conversation is a request and the messages that answer it, each signature bound to the one before. RFC 8945
// section 5.3. It is for one goroutine.
type conversation struct {
	key  Key
	hash hash.Hash
	mac  []byte // of the last message that was signed; none before a request

	answering bool // a message of the answer has been signed
	open      bool // hash has the last MAC and the messages since
	unsigned  int  // how many these are
}

func newConversation(k Key, mac []byte) *conversation {
	return &conversation{key: k, hash: k.hash(), mac: mac}
}

// take has the hash take in a message without its TSIG record.
func (c *conversation) take(message []byte) {
	if !c.open {
		c.open = true
		c.hash.Reset()
		if len(c.mac) > 0 {
			c.hash.Write(binary.BigEndian.AppendUint16(nil, uint16(len(c.mac))))
			c.hash.Write(c.mac)
		}
	}
	c.hash.Write(message)
}

// sum ends a hash with what a TSIG record says beside the MAC: all of it, or the times alone from the second signed
// message of an answer on. RFC 8945 section 4.3.
func (c *conversation) sum(r tsigRecord, whole bool) []byte {
	var buffer [2*longestName + 32]byte
	to := buffer[:0]
	if whole {
		to = append(to, c.key.Name...)
		to = binary.BigEndian.AppendUint16(to, mdns.ClassANY)
		to = binary.BigEndian.AppendUint32(to, 0)
		to = append(to, c.key.algorithmName()...)
	}
	to = appendUint48(to, r.signed)
	to = binary.BigEndian.AppendUint16(to, r.fudge)
	if whole {
		to = binary.BigEndian.AppendUint16(to, r.code)
		to = binary.BigEndian.AppendUint16(to, uint16(len(r.other)))
		to = append(to, r.other...)
	}
	c.hash.Write(to)
	c.open, c.unsigned = false, 0
	return c.hash.Sum(nil)
}

// sign returns a message with a TSIG record under the key. The message has room for it where len(message) is at most
// maxFrame less signatureBytes.
func (c *conversation) sign(message []byte, now time.Time) []byte {
	return c.signAs(message, tsigRecord{signed: uint64(now.Unix())})
}

func (c *conversation) signAs(message []byte, r tsigRecord) []byte {
	r.key, r.algorithm, r.fudge = c.key.Name, c.key.algorithmName(), fudge
	r.id = binary.BigEndian.Uint16(message)
	c.take(message)
	r.mac = c.sum(r, !c.answering)
	c.answering = c.answering || len(c.mac) > 0
	c.mac = r.mac
	return r.append(message)
}

// signatureBytes returns how long the TSIG record of a message is.
func (c *conversation) signatureBytes() int {
	return len(c.key.Name) + 2 + 2 + 4 + 2 + len(c.key.algorithmName()) + 6 + 2 + 2 + c.hash.Size() + 2 + 2 + 2 + len(uint48{})
}

// What verifyAnswer finds wrong.
var (
	errUnsigned = errors.New("the answer is not signed with the key")
	errForged   = errors.New("the signature of the answer is not of this key and this answer")
	errStale    = errors.New("the signature of the answer is of another time; compare the clocks")
)

// maxUnsigned is how many messages of an answer may come without a signature of their own before one has. RFC 8945
// section 5.3.1.
const maxUnsigned = 99

// verifyAnswer holds a message that answers what was signed to its signature, and returns it without. A message of a
// longer answer need not have one; whether the last has is for the caller to see from unsigned.
func (c *conversation) verifyAnswer(message []byte, now time.Time) ([]byte, error) {
	plain, r, found, err := cutTSIG(message)
	if err != nil {
		return nil, err
	}
	if !found {
		if c.unsigned++; !c.answering || c.unsigned > maxUnsigned {
			return nil, errUnsigned
		}
		c.take(plain)
		return plain, nil
	}
	if r.key != c.key.Name || r.algorithm != c.key.algorithmName() {
		return nil, errUnsigned
	}
	if r.code != 0 && len(r.mac) == 0 {
		return nil, fmt.Errorf("the server refuses the key %s: %s", c.key.Name, tsigCode(r.code))
	}
	c.take(plain)
	want := c.sum(r, !c.answering)
	if !hmac.Equal(want, r.mac) {
		return nil, errForged
	}
	c.answering, c.mac = true, want
	switch {
	case r.code != 0:
		return nil, fmt.Errorf("the server refuses the key %s: %s", c.key.Name, tsigCode(r.code))
	case !r.isTimely(now):
		return nil, errStale
	}
	return plain, nil
}

// A tsigCode is what is wrong with a request's TSIG record. RFC 8945 section 3.
type tsigCode uint16

const (
	badSig   tsigCode = 16
	badKey   tsigCode = 17
	badTime  tsigCode = 18
	badTrunc tsigCode = 22
)

func (c tsigCode) String() string {
	switch c {
	case badSig:
		return "BADSIG, the signature is not of this key"
	case badKey:
		return "BADKEY, it has no such key"
	case badTime:
		return "BADTIME, the clocks differ"
	case badTrunc:
		return "BADTRUNC, the signature is shorter than it takes"
	}
	return fmt.Sprintf("error %d", uint16(c))
}

// A signedRequest is a request whose TSIG record has been looked at.
type signedRequest struct {
	plain []byte // the message without it
	*conversation
	fault tsigCode // 0 if the signature is good
	tsig  tsigRecord
}

// verifyRequest holds a request to its signature: first the key, then the MAC, then the time, then its length. RFC 8945
// section 5.2. A request without TSIG record is not found; one that is not well formed is an error, for FORMERR.
func verifyRequest(message []byte, keys map[zone.Name]Key, now time.Time) (q signedRequest, found bool, err error) {
	q.plain, q.tsig, found, err = cutTSIG(message)
	if err != nil || !found {
		return q, found, err
	}
	key, known := keys[q.tsig.key]
	if !known || q.tsig.algorithm != key.algorithmName() {
		q.fault = badKey
		return q, true, nil
	}
	q.conversation = newConversation(key, nil)
	size := q.hash.Size()
	if n := len(q.tsig.mac); n > size || n < max(10, size/2) { // RFC 8945 section 5.2.2.1
		return q, true, errFormat
	}
	q.take(q.plain)
	want := q.sum(q.tsig, true)
	switch {
	case !hmac.Equal(want[:len(q.tsig.mac)], q.tsig.mac):
		q.conversation, q.fault = nil, badSig
		return q, true, nil
	case !q.tsig.isTimely(now):
		q.fault = badTime
	case len(q.tsig.mac) < size:
		q.fault = badTrunc
	}
	q.mac = q.tsig.mac
	return q, true, nil
}

// refuse returns the answer to a request whose signature is not good: signed where the key is known to be the asker's.
// RFC 8945 section 5.3.2.
func (q signedRequest) refuse(now time.Time) []byte {
	message := questionAlone(q.plain, mdns.RcodeNotAuth)
	r := tsigRecord{signed: q.tsig.signed, code: uint16(q.fault)}
	if q.fault == badTime {
		r.other = appendUint48(nil, uint64(now.Unix()))
	}
	if q.conversation != nil {
		return q.signAs(message, r)
	}
	r.key, r.algorithm, r.fudge, r.id = q.tsig.key, q.tsig.algorithm, q.tsig.fudge, binary.BigEndian.Uint16(message)
	return r.append(message)
}
