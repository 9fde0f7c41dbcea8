package mail

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// A Carrier is a way for messages to go.
type Carrier interface {
	// Open gets ready for some messages. An error concerns all of them.
	Open(context.Context) (Delivery, error)
}

// A Delivery takes messages, one after the other.
type Delivery interface {
	// Deliver returns nil when the message has been taken by whoever answers for it from then on. The error
	// may be an ErrRefused or an ErrPutOff; after any other the Delivery takes nothing more.
	Deliver(Message) error
	Close()
}

// What becomes of a message that was not taken.
var (
	ErrRefused = errors.New("refused for good") // another attempt would end in the same way
	ErrPutOff  = errors.New("put off")          // the recipient's mails may be taken later
)

// A Folder is a Carrier that leaves each message as a file: for a demo, and for whoever sends them in their own
// way. A message that comes twice is one file.
type Folder struct{ Path string }

// Open makes the folder if it is not there.
func (f Folder) Open(context.Context) (Delivery, error) {
	return f, os.MkdirAll(f.Path, 0o700)
}

// Deliver writes a file whole or not at all.
func (f Folder) Deliver(m Message) error {
	data, err := m.bytes()
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(f.Path, m.ID+".*.part") // with mode 0600
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	if err := errors.Join(err, part.Sync(), part.Close()); err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return os.Rename(part.Name(), filepath.Join(f.Path, m.ID+".eml"))
}

// Close does nothing.
func (f Folder) Close() {}
