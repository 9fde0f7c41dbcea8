package names_test

import (
	"fmt"

	"example.org/dorado/core/names"
)

func Example() {
	name, err := names.Parse("NS1.xn--espaol-zwa.com.co")
	fmt.Println(name, err)
	fmt.Println(name.Unicode())
	fmt.Println(name.IsSubordinateTo(names.MustParse("xn--espaol-zwa.com.co")))

	query, err := names.ParseLookup(" Español.com.co. ")
	fmt.Println(query, err)
	fmt.Println(name.Parent() == query)

	_, err = names.Parse("-a.co")
	fmt.Println(err)
	// Output:
	// ns1.xn--espaol-zwa.com.co <nil>
	// ns1.español.com.co
	// true
	// xn--espaol-zwa.com.co <nil>
	// true
	// the label "-a" begins with a hyphen
}
