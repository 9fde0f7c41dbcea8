// Package strictjson owns the reading of JSON that others wrote and that something is done upon: it takes a text whole or not
// at all, where encoding/json takes what it understands. It knows no request and no file. RFC 8259, and RFC 7493 for keys.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Read reads one value up to the end of r, which the caller bounds, into what into points to. It refuses a key that into does
// not have, a key that an object has twice, in whatever case, and anything but white space behind the value: who has sent that
// meant something else than what would be done. The error of a text without a value is io.EOF, that of one which ends too soon
// io.ErrUnexpectedEOF; an error of r is returned as it is.
func Read(r io.Reader, into any) error { return read(r, into, (*json.Decoder).DisallowUnknownFields) }

// ReadSome is Read for a text of which only a part is wanted: other keys are passed over.
func ReadSome(r io.Reader, into any) error { return read(r, into, func(*json.Decoder) {}) }

func read(r io.Reader, into any, set func(*json.Decoder)) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	set(decoder)
	if err := decoder.Decode(into); err != nil {
		return err
	}
	// decoder.More would not do: it says of a bracket that closes nothing that there is no more.
	if rest := bytes.TrimLeft(data[decoder.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return errors.New("there is more than one value, or something else behind it")
	}
	return noneTwice(data)
}

// An open is an object or a list that has begun and not ended.
type open struct {
	object bool
	isKey  bool            // the next text is a key
	keys   map[string]bool // that it has had
}

// noneTwice refuses a key that an object has twice. The text is JSON.
func noneTwice(data []byte) error {
	stack := make([]open, 1, 8)
	for i := 0; i < len(data); i++ {
		top := &stack[len(stack)-1]
		switch data[i] {
		case '{', '[':
			stack = append(stack, open{object: data[i] == '{', isKey: data[i] == '{'})
		case '}', ']':
			stack = stack[:len(stack)-1]
		case ':':
			top.isKey = false
		case ',':
			top.isKey = top.object
		case '"':
			end := i + lengthOfText(data[i:])
			if top.isKey {
				if err := top.has(data[i:end]); err != nil {
					return err
				}
			}
			i = end - 1
		}
	}
	return nil
}

// has notes a key.
func (o *open) has(quoted []byte) error {
	var key string
	if err := json.Unmarshal(quoted, &key); err != nil {
		return err
	}
	folded := strings.ToLower(strings.ToUpper(key)) // as encoding/json finds the field of a key: in any case, ſ and K as well
	if o.keys[folded] {
		return fmt.Errorf("the key %q is there twice", key)
	}
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	o.keys[folded] = true
	return nil
}

// lengthOfText is how long the text in quotation marks is with which data begins, with them.
func lengthOfText(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}
