package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// ceiling serves what WHOIS and RDAP answer for one name, whatever is asked, on three ports that follow each other: WHOIS,
// HTTP and HTTPS.
func ceiling(o options) error {
	record, document, err := fetch(o)
	if err != nil {
		return err
	}
	var open []net.Listener
	host, first, err := net.SplitHostPort(o.listen)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	for i := range 3 {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port+i)))
		if err != nil {
			return err
		}
		open = append(open, l)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rdap+json")
		w.Header().Set("Content-Length", strconv.Itoa(len(document)))
		_, _ = w.Write(document)
	})
	ended := make(chan error, 3)
	go func() { ended <- answerAll(open[0], record) }()
	go func() { ended <- http.Serve(open[1], handler) }()
	go func() { ended <- http.ServeTLS(open[2], handler, o.certificate, o.key) }()
	return <-ended
}

// fetch asks for the answers.
func fetch(o options) (record, document []byte, err error) {
	conn, err := net.Dial("tcp", o.whois)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, o.name+"\r\n"); err != nil {
		return nil, nil, err
	}
	if record, err = io.ReadAll(conn); err != nil {
		return nil, nil, err
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	answer, err := client.Get("https://" + o.rdap + "/rdap/domain/" + o.name)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	document, err = io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("RDAP of %s: %s", o.name, answer.Status)
	}
	return record, document, err
}

// answerAll is a plain answerer: it reads a line, writes the text and ends the connection.
func answerAll(l net.Listener, text []byte) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if _, err := bufio.NewReaderSize(conn, 512).ReadString('\n'); err == nil {
				_, _ = conn.Write(text)
			}
		}()
	}
}
