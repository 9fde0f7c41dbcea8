package eppclient

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Node is one element of an answer.
type Node struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string // without white space around it; of an element that has children, empty
	Children []*Node
}

// Child returns the first child of that local name, and nil if there is none or n is nil.
func (n *Node) Child(local string) *Node {
	if n == nil {
		return nil
	}
	for _, c := range n.Children {
		if c.Name.Local == local {
			return c
		}
	}
	return nil
}

// At follows local names downwards; nil if it leads nowhere.
func (n *Node) At(path ...string) *Node {
	for _, local := range path {
		n = n.Child(local)
	}
	return n
}

// All returns the children of that local name.
func (n *Node) All(local string) []*Node {
	var all []*Node
	if n != nil {
		for _, c := range n.Children {
			if c.Name.Local == local {
				all = append(all, c)
			}
		}
	}
	return all
}

// Value returns the text of n, and "" of nil.
func (n *Node) Value() string {
	if n == nil {
		return ""
	}
	return n.Text
}

// Attr returns the attribute of that local name, and "" if there is none.
func (n *Node) Attr(local string) string {
	if n != nil {
		for _, a := range n.Attrs {
			if a.Name.Local == local {
				return a.Value
			}
		}
	}
	return ""
}

// maxDepth bounds how deep an answer may nest.
const maxDepth = 64

// Parse reads an XML document as its outermost element.
func Parse(document []byte) (*Node, error) {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	var open []*Node
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the document has no element")
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == maxDepth {
				return nil, fmt.Errorf("the document nests deeper than %d elements", maxDepth)
			}
			n := &Node{Name: t.Name, Attrs: t.Attr}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.Children = append(parent.Children, n)
			}
			open = append(open, n)
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].Text += string(t)
			}
		case xml.EndElement:
			n := open[len(open)-1]
			n.Text = strings.TrimSpace(n.Text)
			if open = open[:len(open)-1]; len(open) == 0 {
				return n, nil
			}
		}
	}
}

// An Answer is a response, read.
type Answer struct {
	Raw     []byte
	Code    int
	Message string
	Reasons []string // what the server says beyond the message, with the element to blame
	Data    []*Node  // the children of resData
	Queue   *Node    // msgQ; nil if absent
	ClTRID  string
	SvTRID  string
}

// OK reports whether the command succeeded. RFC 5730 section 3: codes from 1000 to 1999.
func (a Answer) OK() bool { return a.Code >= 1000 && a.Code < 2000 }

// ParseAnswer reads a response frame.
func ParseAnswer(frame []byte) (Answer, error) {
	root, err := Parse(frame)
	if err != nil {
		return Answer{}, fmt.Errorf("the answer is not XML: %w", err)
	}
	response := root.Child("response")
	result := response.Child("result")
	code, err := strconv.Atoi(result.Attr("code"))
	if err != nil {
		return Answer{}, errors.New("the answer is not an EPP response")
	}
	a := Answer{
		Raw: frame, Code: code, Message: result.Child("msg").Value(),
		Queue:  response.Child("msgQ"),
		ClTRID: response.At("trID", "clTRID").Value(),
		SvTRID: response.At("trID", "svTRID").Value(),
	}
	if data := response.Child("resData"); data != nil {
		a.Data = data.Children
	}
	if extension := response.Child("extension"); extension != nil {
		a.Data = append(a.Data, extension.Children...)
	}
	a.takeUnhandled(result)
	a.Reasons = reasons(result)
	return a, nil
}

// unhandled is how the reason ends of what stands in an extValue only because the login did not announce it.
// RFC 9038 section 3.
const unhandled = " not in login services"

// takeUnhandled takes such elements as data.
func (a *Answer) takeUnhandled(result *Node) {
	for _, n := range result.All("extValue") {
		if value := n.Child("value"); strings.HasSuffix(n.Child("reason").Value(), unhandled) && len(value.Children) == 1 {
			a.Data = append(a.Data, value.Children[0])
		}
	}
}

// reasons makes a sentence of each extValue and, when there is none, of each value. RFC 5730
// section 2.6.
func reasons(result *Node) []string {
	var list []string
	for _, n := range result.All("extValue") {
		reason, element := n.Child("reason").Value(), blamed(n.Child("value"))
		if strings.HasSuffix(reason, unhandled) {
			continue
		}
		if element != "" && !strings.Contains(reason, element) {
			reason = element + ": " + reason
		}
		list = append(list, reason)
	}
	if len(list) > 0 {
		return list
	}
	for _, n := range result.All("value") {
		element := blamed(n)
		if element == "" {
			if element = emptied(n); element != "" && result.Attr("code") == parameterMissing {
				element += " is missing"
			}
		}
		if element != "" {
			list = append(list, element)
		}
	}
	return list
}

// parameterMissing is the result code of a command that lacks an element. RFC 5730 section 3.
const parameterMissing = "2003"

// emptied names the element to blame of which only the name is told, such as contact:pc.
func emptied(value *Node) string {
	if value == nil || len(value.Children) == 0 || value.Children[0].Name.Local == "undef" {
		return ""
	}
	name := value.Children[0].Name
	object := strings.TrimSuffix(strings.TrimPrefix(name.Space, nsPrefix), "-1.0")
	if object == "" || strings.ContainsAny(object, ":/") {
		return name.Local
	}
	return object + ":" + name.Local
}

// blamed names the element to blame with what it held.
func blamed(value *Node) string {
	if value == nil || len(value.Children) == 0 {
		return value.Value()
	}
	element := value.Children[0]
	if element.Text == "" || element.Name.Local == "undef" {
		return ""
	}
	return element.Name.Local + " " + strconv.Quote(element.Text)
}
