package flow_test

import (
	"testing"

	"example.org/dorado/flow"
)

// What begins like a formula of any spreadsheet is a text, and nothing else is changed.
func TestInertCell(t *testing.T) {
	for _, cell := range []string{"=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "%x", "|x"} {
		if got := flow.InertCell(cell); got != "'"+cell {
			t.Errorf("%q stays %q", cell, got)
		}
	}
	for _, cell := range []string{"", "x=1", "1-2", "shop.co", "'x", "ñ"} {
		if got := flow.InertCell(cell); got != cell {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}
