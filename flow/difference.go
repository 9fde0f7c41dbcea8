package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"example.org/dorado/core/lifecycle"
	"example.org/dorado/core/names"
	"example.org/dorado/core/registry"
)

// A Difference is what one field of an object was and what it became. Of a list there is what it lost and
// what it got, of anything else what it was before and after; empty is none. A secret is told as "set" and
// "changed", never as it is kept.
type Difference struct {
	Field   string   `json:"field"` // as in "expires", "deletion.purgeAt", "loc.city"
	Before  string   `json:"before,omitempty"`
	After   string   `json:"after,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Added   []string `json:"added,omitempty"`
}

// Differences returns what made the second version of an object out of the first, in the order of the noun's
// fields. Without a first version it is all that the object began with. A grace period that had ended by the
// second is no difference.
//
// The fields are those of the nouns, so that a new one is told of without a line here.
func Differences(before, after registry.Past) []Difference {
	b, a := before.Object, after.Object
	if b == nil {
		b = reflect.Zero(reflect.TypeOf(a)).Interface()
	}
	b, a = current(b, after.Origin.At), current(a, after.Origin.At)
	var list []Difference
	structDiffers(&list, "", reflect.ValueOf(b), reflect.ValueOf(a))
	return list
}

// current is an object without what has ended by itself.
func current(object any, at time.Time) any {
	if d, ok := object.(registry.Domain); ok {
		d.Graces = lifecycle.Running(d, at)
		return d
	}
	return object
}

// structDiffers compares the fields of two structs. The version and the ROID are told beside the difference.
func structDiffers(list *[]Difference, prefix string, before, after reflect.Value) {
	for i := range before.NumField() {
		field := before.Type().Field(i)
		if field.Tag.Get("json") == "-" || !field.IsExported() || prefix == "" && (field.Name == "ROID" || field.Name == "Version") {
			continue
		}
		path := prefix + fieldName(field.Name)
		if field.Anonymous {
			path = strings.TrimSuffix(prefix, ".")
		}
		differs(list, path, before.Field(i), after.Field(i))
	}
}

// differs compares two values of one type.
func differs(list *[]Difference, path string, before, after reflect.Value) {
	if before.Kind() == reflect.Pointer && before.Type().Elem().Kind() == reflect.Struct {
		before, after = pointedTo(before), pointedTo(after)
	}
	switch before.Kind() {
	case reflect.Slice:
		listDiffers(list, path, before, after)
		return
	case reflect.Map:
		mapDiffers(list, path, before, after)
		return
	}
	if _, single := asText(before); !single && before.Kind() == reflect.Struct {
		structDiffers(list, strings.TrimPrefix(path+".", "."), before, after)
		return
	}
	b, a := valueText(before), valueText(after)
	if keyOf(before, b) != keyOf(after, a) {
		*list = append(*list, Difference{Field: path, Before: b, After: a})
	}
}

// pointedTo is what a pointer points to; the zero value if it points to nothing.
func pointedTo(v reflect.Value) reflect.Value {
	if v.IsNil() {
		return reflect.Zero(v.Type().Elem())
	}
	return v.Elem()
}

// listDiffers compares two lists as sets.
func listDiffers(list *[]Difference, path string, before, after reflect.Value) {
	if before.Type().Elem().Kind() == reflect.Uint8 {
		secretDiffers(list, path, before.Bytes(), after.Bytes())
		return
	}
	d := Difference{Field: path, Removed: without(before, after), Added: without(after, before)}
	if len(d.Removed)+len(d.Added) > 0 {
		*list = append(*list, d)
	}
}

// mapDiffers compares two maps, whose keys are texts, as structs with a field for each.
func mapDiffers(list *[]Difference, path string, before, after reflect.Value) {
	var keys []string
	for _, m := range []reflect.Value{before, after} {
		for _, key := range m.MapKeys() {
			keys = append(keys, key.String())
		}
	}
	slices.Sort(keys)
	at := func(m reflect.Value, key string) reflect.Value {
		if v := m.MapIndex(reflect.ValueOf(key).Convert(m.Type().Key())); v.IsValid() {
			return v
		}
		return reflect.Zero(m.Type().Elem())
	}
	for _, key := range slices.Compact(keys) {
		differs(list, path+"."+key, at(before, key), at(after, key))
	}
}

// secretDiffers compares two hashes, of which only that they are not the same is told.
func secretDiffers(list *[]Difference, path string, before, after []byte) {
	d := Difference{Field: path}
	switch {
	case bytes.Equal(before, after):
		return
	case len(before) == 0:
		d.After = "set"
	case len(after) == 0:
		d.Before = "set"
	default:
		d.Before, d.After = "set", "changed"
	}
	*list = append(*list, d)
}

// without returns the elements of a list that another one has not.
func without(list, other reflect.Value) (texts []string) {
	there := map[string]bool{}
	for i := range other.Len() {
		v := other.Index(i)
		there[keyOf(v, valueText(v))] = true
	}
	for i := range list.Len() {
		v := list.Index(i)
		if text := valueText(v); !there[keyOf(v, text)] {
			texts = append(texts, text)
		}
	}
	return texts
}

// keyOf is what makes two values the same: of an object that is linked its ROID, since a host that was renamed
// meanwhile is the same host; else how it is told.
func keyOf(v reflect.Value, text string) string {
	switch o := v.Interface().(type) {
	case registry.HostRef:
		return string(o.ROID)
	case registry.ContactRef:
		return string(o.ROID)
	case registry.DomainContact:
		return o.Role + " " + string(o.ROID)
	case registry.DomainRef:
		return string(o.ROID)
	case registry.Grace: // that of each year which was paid for
		return text + " " + o.Charge
	}
	return text
}

// valueText tells a value; a struct without a text of its own as JSON, so that nothing of it is lost.
func valueText(v reflect.Value) string {
	if text, single := asText(v); single {
		return text
	}
	if v.IsZero() {
		return ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if text := valueText(v.Elem()); text != "" {
			return text
		}
		return "no" // which is not the same as nothing
	case reflect.Struct:
		text, err := json.Marshal(v.Interface())
		if err != nil {
			return err.Error()
		}
		return string(text)
	case reflect.Bool:
		return "yes"
	}
	return fmt.Sprint(v.Interface())
}

// asText tells the structs that are one value. It reports whether v is one.
func asText(v reflect.Value) (string, bool) {
	switch o := v.Interface().(type) {
	case time.Time:
		if o.IsZero() {
			return "", true
		}
		return o.UTC().Format(time.RFC3339), true
	case names.Name:
		return o.String(), true
	case registry.HostRef:
		return o.Name.String(), true
	case registry.DomainRef:
		return o.Name.String(), true
	case registry.ContactRef:
		return o.ID, true
	case registry.DomainContact:
		return o.Role + " " + o.ID, true
	case registry.Grace:
		return fmt.Sprintf("%s until %s, credits %s", o.Kind, o.Until.UTC().Format(time.RFC3339), o.Amount), true
	case registry.DSRecord:
		return o.DS.String(), true
	case registry.Phone:
		return strings.TrimSuffix(o.Number+" x"+o.Extension, " x"), true
	case registry.Certificate:
		return strings.TrimSpace(o.Fingerprint + " " + o.Subject), true
	case registry.DatedRenewModel:
		model := "deletes itself"
		if o.AutoRenew {
			model = "renews itself"
		}
		return model + " from " + o.From.UTC().Format(time.RFC3339), true
	case registry.CommandLimit:
		return limitText(o), true
	case fmt.Stringer:
		if v.Kind() == reflect.Struct {
			return o.String(), true
		}
	}
	return "", false
}

// limitText tells a limit on commands.
func limitText(l registry.CommandLimit) string {
	words := append(make([]string, 0, 5), l.Command, l.Object, l.ID)
	if l.Command == "" {
		words[0] = "all"
	}
	if l.Unlimited {
		words = append(words, "unlimited")
	} else {
		words = append(words, fmt.Sprintf("%d in %s", l.Count, l.Per))
	}
	if !l.Until.IsZero() {
		words = append(words, "until "+l.Until.UTC().Format(time.RFC3339))
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// fieldName writes the name of a Go field as JSON would have it: "authInfo", "ttl", "idnTable".
func fieldName(name string) string {
	upper := len(name) - len(strings.TrimLeftFunc(name, unicode.IsUpper))
	plural := strings.HasPrefix(name[upper:], "s") && upper+1 < len(name) && unicode.IsUpper(rune(name[upper+1]))
	if upper > 1 && upper < len(name) && !plural {
		upper-- // the last of them begins the next word
	}
	return strings.ToLower(name[:upper]) + name[upper:]
}
