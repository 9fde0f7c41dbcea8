package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"golang.org/x/net/netutil"
)

// addHTTP adds a server on a socket.
func (h *house) addHTTP(name string, socket net.Listener, handler http.Handler) *http.Server {
	server := newHTTP(handler, h.log)
	h.add(unit{name, func() error {
		if err := server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, server.Shutdown})
	return server
}

func (h *house) addHealth() {
	h.addHTTP("health", netutil.LimitListener(h.sockets.streams[serviceHealth], healthConnection), health(h.healthy))
}

// addControl opens the control socket, on which moving the clock may take long.
func (h *house) addControl() error {
	socket, err := listenControl(h.dir)
	if err != nil {
		return err
	}
	h.addHTTP("control", socket, h.control()).WriteTimeout = controlTime
	return nil
}

// addHTTPS adds the pages and interfaces of HTTPS.
func (h *house) addHTTPS() {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "There is nothing here. RDAP is at /rdap/.", http.StatusNotFound)
	})
	server := h.addHTTP("https", h.https.listener(h.sockets.streams[serviceHTTPS]), mux)
	if h.movable {
		mux.HandleFunc("POST /json/demo/clock", fromJSON(answerJSON(h, h.moveClock)))
		server.WriteTimeout = controlTime
	}
}

// fromJSON refuses what a web page of somebody else could send without asking first.
func fromJSON(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); kind != "application/json" {
			writeJSON(w, http.StatusUnsupportedMediaType, map[string]string{"error": "send JSON, with Content-Type: application/json"})
			return
		}
		next(w, r)
	}
}

// where lists the addresses that a process serves, for its log.
func (h *house) where() []any {
	var list []any
	for _, s := range []service{serviceEPP, serviceWHOIS, serviceDNS, serviceHTTPS, serviceHealth} {
		if address := h.sockets.address(s); address != "" {
			list = append(list, fmt.Sprint(s), address)
		}
	}
	return list
}
