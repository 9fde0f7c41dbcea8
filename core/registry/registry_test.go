package registry_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"example.org/dorado/core/registry"
)

// Codes leaves none out: the constants are taken from the source.
func TestCodesAreAll(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []registry.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, registry.Code(text))
		return true
	})
	listed := registry.Codes()
	slices.Sort(all)
	slices.Sort(listed)
	if !slices.Equal(all, listed) || len(slices.Compact(listed)) != len(all) {
		t.Errorf("Codes() is %v, the constants are %v", listed, all)
	}
}

func TestRenewModelIsDated(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	r := registry.Registrar{RenewModel: []registry.DatedRenewModel{{From: day(5), AutoRenew: false}, {From: day(9), AutoRenew: true}}}
	for d, want := range map[int]bool{1: true, 4: true, 5: false, 8: false, 9: true, 30: true} {
		if got := r.AutoRenewsAt(day(d)); got != want {
			t.Errorf("on day %d: %t, want %t", d, got, want)
		}
	}
}

// Add leaves no field out: every slice of a Changes that has one element ends with two.
func TestChangesAddTakesEverything(t *testing.T) {
	var one registry.Changes
	fields := reflect.ValueOf(&one).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.Slice {
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		}
	}
	sum := one
	sum.Add(one)
	for i := range fields.NumField() {
		if f := reflect.ValueOf(sum).Field(i); f.Kind() == reflect.Slice && f.Len() != 2 {
			t.Errorf("Add leaves out %s", fields.Type().Field(i).Name)
		}
	}
}

func TestHasMarks(t *testing.T) {
	var sum registry.Changes
	sum.Add(registry.Changes{Marks: []registry.Mark{{Kind: registry.MarkHost}}})
	earlier := registry.Changes{Earlier: []registry.Changes{sum}}
	if !sum.HasMarks() || !earlier.HasMarks() || (registry.Changes{Published: []registry.Mark{{}}}).HasMarks() {
		t.Error("HasMarks looks at marks that are left, now or earlier")
	}
}

func ExampleError() {
	err := &registry.Error{
		Code: registry.ParameterRange, Field: "domain:period", Value: "6", Reason: "a period is 1 to 5 years",
	}
	fmt.Println(err)
	// Output: domain:period "6": a period is 1 to 5 years
}
