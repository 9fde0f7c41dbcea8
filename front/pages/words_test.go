package pages

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.org/dorado/core/registry"
)

// Every language says everything that the first says.
func TestWordsAreWhole(t *testing.T) {
	all := languages()
	for _, w := range all {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if f := v.Field(i); f.IsZero() {
				t.Errorf("%s has no %s", w.Language, v.Type().Field(i).Name)
			}
		}
		for _, kind := range []struct {
			name      string
			got, want []string
		}{
			{"roles", keys(w.roles), keys(all[0].roles)},
			{"meanings", keys(w.meanings), keys(all[0].meanings)},
			{"ahead", keys(w.ahead), keys(all[0].ahead)},
		} {
			if !slices.Equal(kind.got, kind.want) {
				t.Errorf("%s: %s of %v, want %v", w.Language, kind.name, kind.got, kind.want)
			}
		}
		for _, text := range []string{w.absent, w.own, w.InRedemption, w.Suspended} {
			if strings.Count(text, "%s") != 1 {
				t.Errorf("%s: %q has no one place for what it tells", w.Language, text)
			}
		}
	}
}

func keys[K ~string](m map[K]string) []string {
	var list []string
	for k := range maps.Keys(m) {
		list = append(list, string(k))
	}
	slices.Sort(list)
	return list
}

// Every status that a name can have is explained.
func TestMeanings(t *testing.T) {
	w := english()
	for _, s := range []string{
		string(registry.OK), string(registry.Inactive), string(registry.Linked), string(registry.ClientHold), string(registry.ServerHold),
		string(registry.PendingTransfer), string(registry.RGPRedemption), string(registry.RGPPendingDelete), string(registry.AddGrace),
		string(registry.RenewGrace), string(registry.AutoRenewGrace), string(registry.TransferGrace),
	} {
		if w.status(s).Meaning == "" {
			t.Errorf("nothing says what %s means", s)
		}
	}
}

// One second is not told as several.
func TestOneSecond(t *testing.T) {
	for _, test := range []struct {
		words     words
		one, more string
	}{{english(), "in 1 second.", "in 2 seconds."}, {spanish(), "en 1 segundo.", "en 2 segundos."}} {
		for seconds, want := range map[int]string{1: test.one, 2: test.more} {
			if got := test.words.tooMany(seconds); !strings.HasSuffix(got, want) {
				t.Errorf("%s: %d: %q, want %q at its end", test.words.Language, seconds, got, want)
			}
		}
	}
}
