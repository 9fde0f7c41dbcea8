package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// A session sends one command after the other, each when the last is answered. It is for one
// goroutine.
type session struct {
	wire   *wire
	frames *frames
	echo   bool // what answers is the echo, and there are no result codes
	random *rand.Rand

	suffix string   // what the names of this session end in, the zone included
	label  string   // what they begin with
	taken  [][]byte // names that exist, of all sessions
	own    [][]byte // names of this registrar, of this session alone
	made   int      // how many names this session has made up
	sent   int64
	edited int  // the name in own that updates are about
	third  bool // it has the third name server now

	name, trid []byte
	tallies    [kinds]Tally
	broken     error
}

// A Tally is what became of the commands of one kind.
type Tally struct {
	Times Histogram      // of those that succeeded
	Codes map[int]uint64 // how often each other result code came; 0 where an answer had none
}

func (t *Tally) add(code int, d time.Duration) {
	if code == succeeded {
		t.Times.Add(d)
		return
	}
	if t.Codes == nil {
		t.Codes = map[int]uint64{}
	}
	t.Codes[code]++
}

func (t *Tally) merge(o *Tally) {
	t.Times.Merge(&o.Times)
	for code, n := range o.Codes {
		if t.Codes == nil {
			t.Codes = map[int]uint64{}
		}
		t.Codes[code] += n
	}
}

// succeeded is the result code of success. RFC 5730 section 3.
const succeeded = 1000

// maxOwn bounds the names that a session remembers; those that it makes beyond them are forgotten.
const maxOwn = 1000

// run sends commands of a mix until an instant. Each counts if it is answered by then. With an
// interval, commands are due one interval apart, from an instant on, and the time of a command that
// had to wait for its turn counts from when it was due.
func (s *session) run(ctx context.Context, mix Mix, due, end time.Time, interval time.Duration) {
	defer func() { s.wire.conn.SetDeadline(time.Time{}) }()
	if s.broken = s.wire.expect(time.Until(end)); s.broken != nil {
		return
	}
	now := time.Now()
	for now.Before(end) && ctx.Err() == nil {
		began := now
		if interval > 0 {
			began, due = due, due.Add(interval)
			if !sleepUntil(ctx, began, end) {
				return
			}
		}
		kind := mix.pick(s.random)
		code, err := s.do(kind)
		if err != nil {
			s.broken = fmt.Errorf("%s: %w", kind, err)
			return
		}
		if now = time.Now(); !now.After(end) {
			s.tallies[kind].add(code, now.Sub(began))
		}
	}
}

// sleepUntil waits for an instant, and reports whether that came before the end.
func sleepUntil(ctx context.Context, instant, end time.Time) bool {
	if !instant.Before(end) {
		return false
	}
	wait := time.Until(instant)
	if wait <= 0 {
		return true
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// do sends one command and returns its result code.
func (s *session) do(kind Kind) (int, error) {
	s.sent++
	s.trid = strconv.AppendInt(append(s.trid[:0], "BENCH-"...), s.sent, 10)
	f, name := s.next(kind)
	s.wire.out = f.append(s.wire.out[:0], name, s.trid)
	answer, err := s.wire.exchange()
	if err != nil {
		return 0, err
	}
	code := resultCode(answer)
	if s.echo {
		code = succeeded
	}
	if code == succeeded {
		s.done(kind, name)
	}
	return code, nil
}

// next chooses the frame of a command and the name that it is about. Every second check is of a name
// that exists.
func (s *session) next(kind Kind) (*frame, []byte) {
	switch kind {
	case Check:
		if s.random.IntN(2) == 0 {
			return &s.frames.check, s.taken[s.random.IntN(len(s.taken))]
		}
		return &s.frames.check, s.freeName()
	case Info:
		return &s.frames.info, s.own[s.random.IntN(len(s.own))]
	case Update:
		if s.third {
			return &s.frames.remove, s.own[s.edited]
		}
		return &s.frames.add, s.own[s.edited]
	default:
		return &s.frames.create, s.freeName()
	}
}

// freeName makes up a name that no session has had.
func (s *session) freeName() []byte {
	s.made++
	s.name = append(s.name[:0], s.label...)
	s.name = strconv.AppendInt(s.name, int64(s.made), 36)
	s.name = append(s.name, s.suffix...)
	return s.name
}

// done remembers what a command that succeeded has changed.
func (s *session) done(kind Kind, name []byte) {
	switch kind {
	case Create:
		if len(s.own) < maxOwn {
			s.own = append(s.own, bytes.Clone(name))
		}
	case Update:
		if s.third = !s.third; !s.third {
			s.edited = (s.edited + 1) % len(s.own)
		}
	}
}
