package replay

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.org/dorado/cmd/dorado/eppclient"
)

// A path leads to elements of an answer by their local names: the first anywhere in it, each further one directly below.
// It may end in an attribute.
type path struct {
	written   string
	steps     []pathStep
	attribute string
}

// A pathStep is one element: its name, and what has to be so of it.
type pathStep struct {
	name  string
	where []condition
}

// A condition is NAME=VALUE of a child, @NAME=VALUE of an attribute, or .=VALUE of the element itself.
type condition struct {
	name string // with @ for an attribute; "." for the element
	want text
}

var (
	elementName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*`)
	inBrackets  = regexp.MustCompile(`^\[(\.|@?[A-Za-z_][A-Za-z0-9_.-]*)=("[^"]*"|[^\]"]*)\]`)
)

// maxPath bounds the names in a path: deeper than any answer goes.
const maxPath = 16

// readPath reads a path, and returns what follows it on the line.
func readPath(s string) (path, string, error) {
	if s == "" {
		return path{}, "", errors.New("write what has to be so: a result code, or the path of an element such as infData/exDate")
	}
	var p path
	rest := s
	wrong := func(what string) (path, string, error) {
		return path{}, "", fmt.Errorf("%s in the path %q; write names such as infData/exDate, status@s, contact[@type=admin] or cd[name=cafe.example]/reason", what, s)
	}
	for {
		name := elementName.FindString(rest)
		if name == "" || len(p.steps) == maxPath {
			return wrong("an element's name is missing")
		}
		rest = rest[len(name):]
		e := pathStep{name: name}
		for strings.HasPrefix(rest, "[") {
			m := inBrackets.FindStringSubmatch(rest)
			if m == nil {
				return wrong("the brackets cannot be read")
			}
			want, err := readText(unquote(m[2]))
			if err != nil {
				return path{}, "", err
			}
			e.where = append(e.where, condition{m[1], want})
			rest = rest[len(m[0]):]
		}
		p.steps = append(p.steps, e)
		if !strings.HasPrefix(rest, "/") {
			break
		}
		rest = rest[1:]
	}
	if strings.HasPrefix(rest, "@") {
		p.attribute = elementName.FindString(rest[1:])
		if p.attribute == "" {
			return wrong("an attribute's name is missing")
		}
		rest = rest[1+len(p.attribute):]
	}
	p.written = s[:len(s)-len(rest)]
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return wrong(fmt.Sprintf("%q cannot be read", rest))
	}
	return p, strings.TrimSpace(rest), nil
}

// texts are those of all conditions.
func (p path) texts() []text {
	var all []text
	for _, s := range p.steps {
		for _, c := range s.where {
			all = append(all, c.want)
		}
	}
	return all
}

// nodes returns the elements that the path leads to, in the order of the answer.
func (p path) nodes(root *eppclient.Node, from source) ([]*eppclient.Node, error) {
	found := []*eppclient.Node{}
	if root != nil {
		found = anywhere(root, p.steps[0].name, nil)
	}
	for i, s := range p.steps {
		if i > 0 {
			var next []*eppclient.Node
			for _, n := range found {
				next = append(next, n.All(s.name)...)
			}
			found = next
		}
		for _, c := range s.where {
			want, err := c.want.fill(from)
			if err != nil {
				return nil, err
			}
			var kept []*eppclient.Node
			for _, n := range found {
				if c.holds(n, want) {
					kept = append(kept, n)
				}
			}
			found = kept
		}
	}
	return found, nil
}

// values returns what elements that the path leads to have: their texts or the values of its attribute.
func (p path) values(found []*eppclient.Node) (values []string) {
	for _, n := range found {
		if p.attribute == "" {
			values = append(values, n.Text)
			continue
		}
		for _, a := range n.Attrs {
			if a.Name.Local == p.attribute {
				values = append(values, a.Value)
			}
		}
	}
	return values
}

// hint says what to write instead, where a text was looked for in elements that have none: what they have is in their
// attributes or below them. It is empty where there is nothing to say.
func (p path) hint(found []*eppclient.Node) string {
	if p.attribute != "" || len(found) == 0 || slices.ContainsFunc(found, func(n *eppclient.Node) bool { return n.Text != "" }) {
		return ""
	}
	var has, write []string
	add := func(shown, instead string) {
		if len(has) == maxShown {
			has = append(has, "and more")
		}
		if len(has) < maxShown && !slices.Contains(has, shown) {
			has, write = append(has, shown), append(write, instead)
		}
	}
	for _, n := range found {
		for _, a := range n.Attrs {
			if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
				add("@"+a.Name.Local+"="+short(a.Value), p.written+"@"+a.Name.Local)
			}
		}
		for _, c := range n.Children {
			add(c.Name.Local, p.written+"/"+c.Name.Local)
		}
	}
	if len(has) == 0 {
		return "there is such an element, without a text"
	}
	return fmt.Sprintf("there is such an element, without a text; it has %s: write %s", strings.Join(has, ", "), write[0])
}

// anywhere collects the elements of a name at any depth.
func anywhere(n *eppclient.Node, name string, found []*eppclient.Node) []*eppclient.Node {
	if n.Name.Local == name {
		found = append(found, n)
	}
	for _, c := range n.Children {
		found = anywhere(c, name, found)
	}
	return found
}

func (c condition) holds(n *eppclient.Node, want string) bool {
	if c.name == "." {
		return n.Text == want
	}
	if attribute, found := strings.CutPrefix(c.name, "@"); found {
		return n.Attr(attribute) == want
	}
	for _, child := range n.All(c.name) {
		if child.Text == want {
			return true
		}
	}
	return false
}
