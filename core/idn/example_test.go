package idn_test

import (
	"fmt"

	"example.org/dorado/core/idn"
	"example.org/dorado/core/names"
)

func Example() {
	de, err := idn.BuiltIn("de")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, label := range []string{"straße", "garçon"} {
		fmt.Printf("%q: %q\n", label, de.Problem(label))
	}
	list, _ := de.Variants("straße", 100)
	fmt.Println(list)
	fmt.Println(idn.Key(names.MustParse("xn--strae-oqa.co")), idn.Key(names.MustParse("strasse.co")))
	// Output:
	// "straße": ""
	// "garçon": "has 'ç' (U+00E7), which is not in table de"
	// [{strasse allocatable}]
	// strasse.co strasse.co
}
