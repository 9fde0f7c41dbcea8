package children_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	mdns "github.com/miekg/dns"

	"example.org/dorado/core/policy"
	"example.org/dorado/test/peer"
	"example.org/dorado/test/world"
)

// automation is how DS follow in a world.
func automation(w *world.World) *policy.DSAutomation {
	return &w.Service.Profile.Versions[0].Terms.DSAutomation
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// pause is children.Config.Pause.
func pause(ctx context.Context, d time.Duration, pokes <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-pokes:
	case <-timer.C:
	}
}

// mangled is a server that asks another one, and changes its answers by UDP. By TCP it passes them on.
func mangled(t testing.TB, upstream string, change func(mdns.Question, *mdns.Msg)) string {
	t.Helper()
	return serve(t, func(q *mdns.Msg, udp bool) *mdns.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		m, _, err := (&mdns.Client{Net: "tcp"}).ExchangeContext(ctx, q, upstream)
		if err != nil {
			return nil
		}
		if udp {
			change(q.Question[0], m)
		}
		return m
	})
}

// serve answers on a port of the loopback by UDP and TCP until the test ends. Nil is no answer.
func serve(t testing.TB, answer func(q *mdns.Msg, udp bool) *mdns.Msg) string {
	t.Helper()
	udp, tcp := peer.Sockets(t)
	for _, s := range []*mdns.Server{{PacketConn: udp}, {Listener: tcp}} {
		ready := make(chan struct{})
		s.NotifyStartedFunc = func() { close(ready) }
		s.Handler = mdns.HandlerFunc(func(w mdns.ResponseWriter, q *mdns.Msg) {
			if m := answer(q, s.PacketConn != nil); m != nil {
				_ = w.WriteMsg(m) // whoever asked may be gone
			}
		})
		ended := make(chan error, 1)
		go func() { ended <- s.ActivateAndServe() }()
		select {
		case <-ready:
		case err := <-ended:
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Shutdown(); err != nil {
				t.Error(err)
			}
		})
	}
	return tcp.Addr().String()
}

func breakSignatures(m *mdns.Msg) {
	for _, rr := range m.Answer {
		if sig, is := rr.(*mdns.RRSIG); is {
			first := "A"
			if strings.HasPrefix(sig.Signature, "A") {
				first = "B"
			}
			sig.Signature = first + sig.Signature[1:]
		}
	}
}

func dropSignatures(m *mdns.Msg) {
	var list []mdns.RR
	for _, rr := range m.Answer {
		if _, is := rr.(*mdns.RRSIG); !is {
			list = append(list, rr)
		}
	}
	m.Answer = list
}

// flagKeys makes other keys of CDNSKEY records.
func flagKeys(m *mdns.Msg) {
	for _, rr := range m.Answer {
		if k, is := rr.(*mdns.CDNSKEY); is {
			k.Flags ^= mdns.SEP
		}
	}
}
