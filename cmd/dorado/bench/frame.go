package bench

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A frame is a command written once, with two holes: for the name that it is about, and for its
// client transaction id. To send it is to copy bytes.
type frame struct {
	begin, middle, end []byte
}

// What stands in the holes while a frame is written. Neither occurs in a frame otherwise.
const (
	nameHole = "NAME-HOLE"
	tridHole = "TRID-HOLE"
)

// newFrame writes a command about nameHole.
func newFrame(command any) (frame, error) {
	text, err := eppclient.Frame(command, tridHole)
	if err != nil {
		return frame{}, err
	}
	begin, rest, hasName := bytes.Cut(text, []byte(nameHole))
	middle, end, hasTRID := bytes.Cut(rest, []byte(tridHole))
	if !hasName || !hasTRID {
		return frame{}, fmt.Errorf("the frame of %T has no place for a name and then an id", command)
	}
	return frame{begin, middle, end}, nil
}

// headerBytes is the length that stands before a frame and counts itself. RFC 5734 section 4.
const headerBytes = 4

// append adds the frame with its header to b, which has to be empty.
func (f frame) append(b, name, trid []byte) []byte {
	b = append(b, 0, 0, 0, 0)
	b = append(b, f.begin...)
	b = append(b, name...)
	b = append(b, f.middle...)
	b = append(b, trid...)
	b = append(b, f.end...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// frames are those that sessions send. An update adds a name server, and the next removes it.
type frames struct {
	check, info, create, add, remove frame
}

// objects are what the frames refer to and what has to be there before them.
type objects struct {
	contact string
	hosts   [3]string // a create names the first two; an update adds and removes the third
}

func newFrames(o objects) (*frames, error) {
	third := eppclient.DomainEdit{Nameservers: o.hosts[2:]}
	f := new(frames)
	for _, of := range []struct {
		frame   *frame
		command any
	}{
		{&f.check, eppclient.Check{Object: "domain", Names: []string{nameHole}}},
		{&f.info, eppclient.Info{Object: "domain", Name: nameHole}},
		{&f.create, eppclient.DomainCreate{
			Name: nameHole, Years: 1, Nameservers: o.hosts[:2], Registrant: o.contact, AuthInfo: "bench-Secret-1",
			Contacts: []eppclient.DomainContact{{Role: "admin", ID: o.contact}, {Role: "tech", ID: o.contact}},
		}},
		{&f.add, eppclient.DomainUpdate{Name: nameHole, Add: third}},
		{&f.remove, eppclient.DomainUpdate{Name: nameHole, Remove: third}},
	} {
		var err error
		if *of.frame, err = newFrame(of.command); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// codeMark stands before the result code of an answer. RFC 5730 section 2.6.
var codeMark = []byte(`code="`)

// resultCode finds the result code in an answer, and returns 0 if there is none.
func resultCode(answer []byte) int {
	const digits = 4
	i := bytes.Index(answer, codeMark)
	if i < 0 || len(answer) < i+len(codeMark)+digits {
		return 0
	}
	code := 0
	for _, c := range answer[i+len(codeMark):][:digits] {
		if c < '0' || c > '9' {
			return 0
		}
		code = 10*code + int(c-'0')
	}
	return code
}
