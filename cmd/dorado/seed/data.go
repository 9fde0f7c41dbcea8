package seed

import (
	"bytes"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"sort"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/strictjson"
)

// data is what names and people are made up from. The words, and the shares in which they are put
// together, are our own; the shares were set so that lengths, hyphens and digits come out as in
// lists of popular names.
type data struct {
	Zones   map[string]float64 `json:"zones"` // weights of zones by name; others that are sold weigh as the lightest
	Kinds   []kind             `json:"kinds"`
	Hyphens float64            `json:"hyphens"` // the share of labels that have one
	Numbers float64            `json:"numbers"` // the share of labels that have digits
	Words   map[string][]string
	Cities  []city   `json:"cities"`
	Forms   []string `json:"forms"` // of companies
	Streets []string `json:"streets"`
}

// A kind of label is a row of parts, each one of the lists of words or a part that is made: brand,
// letters, letter.
type kind struct {
	Parts  []string `json:"parts"`
	Weight float64  `json:"weight"`
}

// A city is where a person lives; Postcode and Phone are how those of the city begin.
type city struct {
	Name     string  `json:"name"`
	Province string  `json:"province"`
	Postcode string  `json:"postcode"`
	Country  string  `json:"country"`
	Phone    string  `json:"phone"`
	Weight   float64 `json:"weight"`
}

//go:embed data.json
var dataJSON []byte

// loadData reads the file that this program carries.
func loadData() (data, error) {
	var d data
	if err := strictjson.Read(bytes.NewReader(dataJSON), &d); err != nil {
		return d, fmt.Errorf("read what names are made from: %w", err)
	}
	return d, nil
}

// soldZones returns the zones of a profile in which registrars register, and their weights.
func (d data) soldZones(p policy.Profile) (zones []policy.Zone, weights weighted) {
	least := 1.0
	for _, w := range d.Zones {
		least = min(least, w)
	}
	for _, z := range p.Zones {
		if !z.Sold {
			continue
		}
		w, known := d.Zones[z.Name.String()]
		if !known {
			w = least
		}
		zones = append(zones, z)
		weights.add(w)
	}
	return zones, weights
}

// weighted draws indexes in proportion to weights.
type weighted struct{ sums []float64 }

func (w *weighted) add(weight float64) {
	sum := weight
	if n := len(w.sums); n > 0 {
		sum += w.sums[n-1]
	}
	w.sums = append(w.sums, sum)
}

func (w *weighted) draw(r *rand.Rand) int {
	return sort.SearchFloat64s(w.sums, r.Float64()*w.sums[len(w.sums)-1])
}

// pick draws one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
