package scripts

import (
	"encoding/xml"
	"slices"
	"strings"
	"time"
)

// A collection gathers the facts of an answer. Those that occur several times are sorted, so that a line does not
// depend on an order that means nothing.
type collection struct {
	code   string
	values map[string][]string
}

func collect(code string) *collection { return &collection{code, map[string][]string{}} }

func (c *collection) add(key, value string) {
	if key != "" && value != "" {
		c.values[key] = append(c.values[key], value)
	}
}

// sorted returns what was collected, in the order of keys.
func (c *collection) sorted() expectation {
	e := expectation{code: c.code}
	for _, key := range keys {
		if values := c.values[key]; len(values) > 0 {
			slices.Sort(values)
			e.facts = append(e.facts, fact{key, strings.Join(values, " ")})
		}
	}
	return e
}

// date writes an instant as short as it can be: the second that ends a day is the day.
func date(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	if t.UTC().Format(time.TimeOnly) == "23:59:59" {
		return t.UTC().Format(time.DateOnly)
	}
	return stamp(t)
}

// elements are the facts that stand in an answer as the text of an element, by its local name.
var elements = map[string]string{
	"exDate": "expires", "crDate": "created", "upDate": "updated", "trDate": "transferred",
	"clID": "sponsor", "hostObj": "ns", "host": "hosts", "addr": "glue", "registrant": "registrant",
	"trStatus": "state", "reID": "gaining", "reDate": "requested", "acID": "losing", "acDate": "answer",
	"fee": "fee", "credit": "credit", "class": "class",
}

// attributes are those that stand in an attribute.
var attributes = map[[2]string]string{
	{"status", "s"}: "status", {"rgpStatus", "s"}: "rgp",
	{"name", "avail"}: "avail", {"id", "avail"}: "avail", {"name", "paResult"}: "purged",
}

// told are the elements whose id or name is that of the object.
var told = []string{"infData", "trnData", "panData", "creData", "renData"}

// answerOf returns the facts of an answer of EPP.
func answerOf(document string) (expectation, error) {
	answer := collect("")
	decoder := xml.NewDecoder(strings.NewReader(document))
	var path []string
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if token == nil {
			if answer.code == "" {
				return expectation{}, err
			}
			return answer.sorted(), nil
		}
		switch x := token.(type) {
		case xml.StartElement:
			path = append(path, x.Name.Local)
			text.Reset()
			for _, a := range x.Attr {
				if x.Name.Local == "result" && a.Name.Local == "code" {
					answer.code = a.Value
				}
				answer.add(attributes[[2]string{x.Name.Local, a.Name.Local}], a.Value)
			}
		case xml.CharData:
			text.Write(x)
		case xml.EndElement:
			answer.element(path, text.String())
			path = path[:len(path)-1]
			text.Reset()
		}
	}
}

// element adds the fact that is the text of an element.
func (c *collection) element(path []string, text string) {
	name, parent := path[len(path)-1], ""
	if len(path) > 1 {
		parent = path[len(path)-2]
	}
	switch {
	case name == "msg" && parent == "msgQ":
		c.add("message", `"`+text+`"`)
	case name == "msg", name == "reason":
		c.add("says", text)
	case slices.Contains(told, parent) && (name == "id" || name == "name"):
		c.add("object", text)
	default:
		c.add(elements[name], date(text))
	}
}
