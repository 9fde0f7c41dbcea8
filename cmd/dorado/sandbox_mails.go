package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.org/dorado/core/registry"
)

// Bounds of the mails of a sandbox.
const (
	sandboxMailsKept = 500     // files; after a movement of the clock the oldest go
	sandboxMailsTold = 50      // of a list
	sandboxMailBytes = 1 << 20 // of one that is read
)

// mailName fits the ids of mails.
var mailName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// mailEnd ends the name of a mail's file.
const mailEnd = ".eml"

// mails returns the latest mails that a sandbox would have sent, the newest first, without their texts.
func (s *sandbox) mails(ctx context.Context) ([]registry.SandboxMail, error) {
	if err := s.flush(ctx); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, sandboxMails))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []registry.SandboxMail
	for _, e := range entries {
		id, isMail := strings.CutSuffix(e.Name(), mailEnd)
		if !isMail {
			continue
		}
		m, err := s.readMail(id)
		if err != nil {
			return nil, err
		}
		m.Text = ""
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b registry.SandboxMail) int { return cmp.Or(b.At.Compare(a.At), strings.Compare(b.ID, a.ID)) })
	return list[:min(len(list), sandboxMailsTold)], nil
}

// flush writes the mails that wait.
func (s *sandbox) flush(ctx context.Context) error {
	o, leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	o.mail.Flush(ctx)
	return nil
}

// countMails returns how many mails are there.
func (s *sandbox) countMails() int {
	entries, err := os.ReadDir(filepath.Join(s.dir, sandboxMails))
	if err != nil { // there is none yet
		return 0
	}
	return len(entries)
}

// pruneMails removes the files that were written first, if there are too many.
func (s *sandbox) pruneMails() error {
	dir := filepath.Join(s.dir, sandboxMails)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) <= sandboxMailsKept {
		return nil // there is none yet
	}
	written := func(e os.DirEntry) time.Time {
		if info, err := e.Info(); err == nil {
			return info.ModTime()
		}
		return time.Time{}
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return written(b).Compare(written(a)) })
	var errs []error
	for _, e := range entries[sandboxMailsKept:] {
		errs = append(errs, os.Remove(filepath.Join(dir, e.Name())))
	}
	return errors.Join(errs...)
}

// mail returns one mail with its text.
func (s *sandbox) mail(id string) (registry.SandboxMail, error) {
	missing := &registry.Error{Code: registry.ObjectMissing, Reason: "there is no such mail, or it was removed with older ones"}
	if !mailName.MatchString(id) {
		return registry.SandboxMail{}, missing
	}
	m, err := s.readMail(id)
	if errors.Is(err, fs.ErrNotExist) {
		return m, missing
	}
	return m, err
}

// readMail reads the file of a mail.
func (s *sandbox) readMail(id string) (m registry.SandboxMail, err error) {
	f, err := os.Open(filepath.Join(s.dir, sandboxMails, id+mailEnd))
	if err != nil {
		return m, err
	}
	defer f.Close()
	letter, err := mail.ReadMessage(io.LimitReader(f, sandboxMailBytes))
	if err != nil {
		return m, fmt.Errorf("the mail %s of the sandbox %s: %w", id, s.name, err)
	}
	words := mime.WordDecoder{}
	m = registry.SandboxMail{ID: id}
	if at, err := letter.Header.Date(); err == nil {
		m.At = at.UTC()
	}
	if m.Subject, err = words.DecodeHeader(letter.Header.Get("Subject")); err != nil {
		m.Subject = letter.Header.Get("Subject")
	}
	m.To = recipients(letter.Header)
	m.Text, err = plainPart(letter.Header.Get("Content-Type"), letter.Header.Get("Content-Transfer-Encoding"), letter.Body)
	if err != nil {
		return m, fmt.Errorf("the mail %s of the sandbox %s: %w", id, s.name, err)
	}
	return m, nil
}

// recipients returns whom a mail is to, as people write addresses: without angle brackets where there is no name.
func recipients(h mail.Header) string {
	list, err := h.AddressList("To")
	if err != nil { // it is shown as it stands
		return h.Get("To")
	}
	shown := make([]string, len(list))
	for i, a := range list {
		shown[i] = a.Address
		if a.Name != "" {
			shown[i] = a.Name + " <" + a.Address + ">"
		}
	}
	return strings.Join(shown, ", ")
}

// plainPart returns the text of a message or of a part, the first where there are several.
func plainPart(kind, encoding string, body io.Reader) (string, error) {
	media, about, err := mime.ParseMediaType(cmp.Or(kind, "text/plain"))
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(media, "multipart/") {
		part, err := multipart.NewReader(body, about["boundary"]).NextRawPart()
		if err != nil {
			return "", err
		}
		return plainPart(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	return strings.ReplaceAll(string(text), "\r\n", "\n"), err
}
