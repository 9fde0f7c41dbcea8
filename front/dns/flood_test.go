package dns_test

import (
	"net"
	"sync"
	"testing"

	"example.org/dorado/front/dns"
	"example.org/dorado/test/world"
)

// While garbage and questions for names that are not there come as fast as they can be sent, each publication is served as
// soon as it is done, and none fails.
func TestPublishingInAFlood(t *testing.T) {
	w := world.New(t, noon)
	w.Host(world.Acme, "ns.example.net")
	w.Host(world.Acme, "ns2.example.net")
	w.Domain(world.Acme, "user.co", "ns.example.net")
	s := newServer(w)
	address := listen(t, s)
	stop := make(chan struct{})
	var flooding sync.WaitGroup
	missing := packedQuestion(t, "no-such-name.co. A")
	for _, message := range [][]byte{missing, missing[:20], make([]byte, 40), {0, 0, 0x28, 0, 0, 1, 0, 0, 0, 0, 0, 0}} {
		flooding.Go(func() {
			conn, err := net.Dial("udp", address)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = conn.Write(message)
				}
			}
		})
	}
	flooded := func(c dns.Counts) bool {
		return c.Received > 1_000 && c.Malformed > 0 && c.NoName > 0 && c.NotImplemented > 0
	}
	const least = 10
	// However long it takes: on a machine that does other things, a thousand rounds went by before each kind had come.
	for round := 0; round < least || !flooded(s.Counts()); round++ {
		delegate(w, world.Acme, "user.co", "ns2.example.net")
		publish(t, s)
		if got := nameservers(t, s, "user.co."); got != "ns.example.net ns2.example.net" {
			t.Errorf("user.co is delegated to %q", got)
		}
		w.Do(world.Acme, undelegate("user.co", "ns2.example.net"))
		publish(t, s)
	}
	close(stop)
	flooding.Wait()
	if c := s.Counts(); !flooded(c) || c.Failed > 0 {
		t.Errorf("counted are %+v", c)
	}
}
