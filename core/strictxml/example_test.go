package strictxml_test

import (
	"fmt"

	"example.org/dorado/core/strictxml"
)

func Example() {
	frame := []byte(`<renew xmlns="urn:d"><name>shop.example</name><period unit="y">two</period></renew>`)
	limits := strictxml.Limits{Bytes: 65536, Depth: 16, Elements: 1000, Attributes: 16, Namespaces: 16}

	var doc strictxml.Document
	x, err := doc.Parse(frame, limits)
	if err != nil {
		fmt.Println(err)
		return
	}
	name := strictxml.Take(x.One("name"), strictxml.Token)
	period := x.Opt("period")
	strictxml.NeedAttr(period, "unit", func(s string) (string, error) {
		return strictxml.TokenOf(s, "y", "m")
	})
	strictxml.Take(period, strictxml.UnsignedShort)
	fmt.Println(name)
	fmt.Println(doc.Finish())
	// Output:
	// shop.example
	// line 1, column 47: <period> cannot be "two": it must be a whole number from 0 to 65535
}
