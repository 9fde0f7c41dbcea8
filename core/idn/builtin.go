package idn

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// The tables that ship with Dorado are files as they are published. cmd/idntables makes them.
//
//go:embed tables/*.xml
var files embed.FS

// ids are the mnemonics of the tables, in the order in which people are shown them.
var ids = strings.Fields("es pt fr ca de da no sv pl ru el he ar zh ja ko")

// parsed reads each table when it is first asked for, once.
var parsed = onceEach(ids)

func onceEach(ids []string) map[string]func() (*Table, error) {
	all := map[string]func() (*Table, error){}
	for _, id := range ids {
		all[id] = sync.OnceValues(func() (*Table, error) {
			data, err := files.ReadFile("tables/" + id + ".xml")
			if err != nil {
				return nil, err
			}
			t, err := Parse(id, data)
			if err == nil {
				t.name = t.Meta.VersionComment
			}
			return t, err
		})
	}
	return all
}

// BuiltIn returns a table that ships with Dorado.
func BuiltIn(id string) (*Table, error) {
	parse, ok := parsed[id]
	if !ok {
		return nil, fmt.Errorf("there is no IDN table %q; there are %s", id, strings.Join(ids, ", "))
	}
	return parse()
}

// IDs returns the ids of the tables that ship with Dorado.
func IDs() []string { return slices.Clone(ids) }

// XML returns a table that ships with Dorado as the file that it is read from, nil if there is none.
func XML(id string) []byte {
	data, err := files.ReadFile("tables/" + id + ".xml")
	if err != nil {
		return nil
	}
	return data
}
