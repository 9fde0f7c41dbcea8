package flow

import (
	"bytes"
	"slices"
	"sync"
)

// Most of an answer is in many others as well: what its front-end always says, what is not public of a contact, all of a
// registrar. So a body is kept as phrases, which bodies share, and what is its own. Phrases are found as answers come: what
// stood in two bodies is one, and two phrases that stood side by side twice are a longer one. A phrase lasts as long as
// bodies that have it, so what is not in any answer is not in memory. Decision 012.

// A phrase is octets that several bodies have.
type phrase struct {
	text        string
	hash        uint64
	left, right *phrase // of which it is made; nil for a piece
	uses        int     // bodies and longer phrases that have it
}

// A stretch of a body is so many octets of its own, and a phrase after them, if it is not nil.
type stretch struct {
	own    int
	phrase *phrase
}

// A shortened is a body as it is kept.
type shortened struct {
	size      int
	own       []byte
	stretches []stretch
}

const (
	stretchBytes = 16
	// leastPhrase is how long a phrase is at least: one that is shorter takes as much as it saves.
	leastPhrase = stretchBytes
	// mostOnce is how many pieces and pairs are remembered as seen once; then that begins anew.
	mostOnce = 1 << 16
	// mostJoins is how often neighbours are joined: of a piece and its neighbour, twice as long each time.
	mostJoins = 10
)

// phraseBook is the phrases that there are. The zero phraseBook is empty.
type phraseBook struct {
	mu     sync.Mutex
	pieces map[string]*phrase
	pairs  map[[2]*phrase]*phrase
	once   map[uint64]struct{}
	bytes  int // of the phrases, and about what goes with them
	most   int // of these; then no more are found
}

// phraseOverhead is about what a phrase takes beside its octets.
const phraseOverhead = 150

// shorten makes of a body what is kept of it.
func (b *phraseBook) shorten(body []byte) shortened {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pieces == nil {
		b.pieces, b.pairs, b.once = map[string]*phrase{}, map[[2]*phrase]*phrase{}, map[uint64]struct{}{}
	}
	var own []byte
	var list []stretch
	alone := 0 // octets of its own that no stretch has yet
	for len(body) > 0 {
		piece := body[:pieceEnd(body)]
		body = body[len(piece):]
		if p := b.piece(piece); p != nil {
			list = append(list, stretch{alone, p})
			alone = 0
			continue
		}
		own = append(own, piece...)
		alone += len(piece)
	}
	for range mostJoins {
		before := len(list)
		if list = b.join(list); len(list) == before {
			break
		}
	}
	s := shortened{own: bytes.Clone(own), stretches: make([]stretch, 0, len(list)+1)}
	for _, part := range append(list, stretch{alone, nil}) {
		if part.phrase != nil {
			part.phrase.uses++
			s.size += len(part.phrase.text)
		}
		s.size += part.own
		s.stretches = append(s.stretches, part)
	}
	return s
}

// pieceEnd returns where the first piece of a body ends: after a comma or at the end of a line, which is where answers begin to
// differ or to be the same.
func pieceEnd(body []byte) int {
	for i, c := range body {
		if (c == ',' || c == '\n') && i+1 >= leastPhrase {
			return i + 1
		}
	}
	return len(body)
}

// piece returns the phrase of a piece, nil if it is seen for the first time.
func (b *phraseBook) piece(text []byte) *phrase {
	if p, known := b.pieces[string(text)]; known {
		return p
	}
	hash := hashOf(text)
	if len(text) < leastPhrase || b.bytes >= b.most || !b.seen(hash) {
		return nil
	}
	p := &phrase{text: string(text), hash: hash}
	b.pieces[p.text] = p
	b.bytes += len(p.text) + phraseOverhead
	return p
}

// join puts neighbours together that are one phrase, or are found side by side again.
func (b *phraseBook) join(list []stretch) []stretch {
	joined := list[:0]
	for i := 0; i < len(list); i++ {
		if i+1 < len(list) && list[i+1].own == 0 {
			if p := b.pair(list[i].phrase, list[i+1].phrase); p != nil {
				joined = append(joined, stretch{list[i].own, p})
				i++
				continue
			}
		}
		joined = append(joined, list[i])
	}
	return joined
}

// pair returns the phrase that two are together, nil if they are side by side for the first time.
func (b *phraseBook) pair(left, right *phrase) *phrase {
	key := [2]*phrase{left, right}
	if p, known := b.pairs[key]; known {
		return p
	}
	if b.bytes >= b.most || !b.seen(31*left.hash+right.hash) {
		return nil
	}
	p := &phrase{text: left.text + right.text, hash: 31*left.hash + right.hash, left: left, right: right}
	left.uses, right.uses = left.uses+1, right.uses+1
	b.pairs[key] = p
	b.bytes += len(p.text) + phraseOverhead
	return p
}

// seen notes a hash, and reports whether it was noted before.
func (b *phraseBook) seen(hash uint64) bool {
	if _, again := b.once[hash]; again {
		return true
	}
	if len(b.once) >= mostOnce {
		clear(b.once)
	}
	b.once[hash] = struct{}{}
	return false
}

// release forgets the phrases of a body that no other has.
func (b *phraseBook) release(s shortened) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, part := range s.stretches {
		if part.phrase != nil {
			b.leave(part.phrase)
		}
	}
}

func (b *phraseBook) leave(p *phrase) {
	if p.uses--; p.uses > 0 {
		return
	}
	b.bytes -= len(p.text) + phraseOverhead
	if p.left == nil {
		delete(b.pieces, p.text)
		return
	}
	delete(b.pairs, [2]*phrase{p.left, p.right})
	b.leave(p.left)
	b.leave(p.right)
}

// appendTo appends the whole body.
func (s *shortened) appendTo(to []byte) []byte {
	to, own := slices.Grow(to, s.size), s.own
	for _, part := range s.stretches {
		to = append(to, own[:part.own]...)
		own = own[part.own:]
		if part.phrase != nil {
			to = append(to, part.phrase.text...)
		}
	}
	return to
}

// bytes is what a shortened body takes, without the phrases.
func (s *shortened) bytes() int { return cap(s.own) + stretchBytes*cap(s.stretches) }

// hashOf is FNV-1a: who brings two texts of one hash about has them kept as phrases a little earlier.
func hashOf(text []byte) uint64 {
	hash := uint64(14695981039346656037)
	for _, c := range text {
		hash = (hash ^ uint64(c)) * 1099511628211
	}
	return hash
}

func (b *phraseBook) size() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes
}
