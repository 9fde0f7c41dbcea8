package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"example.org/dorado/cmd/dorado/eppclient"
)

// printAnswer writes an answer for people: the result, what the server says beside it, and the
// data as lines of a name and a value.
func printAnswer(w io.Writer, s style, a eppclient.Answer) {
	message := a.Message
	for _, reason := range a.Reasons { // told below, once is enough
		told, _, _ := strings.Cut(reason, " (rule ")
		_, bare, _ := strings.Cut(told, ": ")
		message = strings.TrimSuffix(strings.TrimSuffix(message, "; "+told), "; "+bare)
	}
	result := fmt.Sprintf("%d  %s", a.Code, message)
	if a.OK() {
		fmt.Fprintln(w, s.good(result))
	} else {
		fmt.Fprintln(w, s.bad(result))
	}
	for _, reason := range a.Reasons {
		fmt.Fprintf(w, "      %s\n", reason)
	}
	if a.Queue != nil {
		printQueue(w, a)
	}
	for _, line := range loginEvents(a) {
		fmt.Fprintln(w, line)
	}
	printData(w, s, a.Data)
	if !a.OK() && a.SvTRID != "" {
		fmt.Fprintf(w, "      %s\n", s.faint("transaction "+a.SvTRID))
	}
}

// printData writes the data of an answer. Prices stand beside what they are for.
func printData(w io.Writer, s style, list []*eppclient.Node) {
	var prices *eppclient.Node
	for _, data := range list {
		if object(data) == "fee" && data.Name.Local == "chkData" {
			prices = data
		}
	}
	for _, data := range list {
		switch {
		case object(data) == "loginSec", data == prices:
			continue // told elsewhere
		case data.Name.Local == "chkData" && object(data) == "domain" && prices != nil:
			fmt.Fprintln(w)
			printPrices(w, s, data, prices)
		case data.Name.Local == "chkData":
			fmt.Fprintln(w)
			printTable(w, s, checkRows(data))
		default:
			fmt.Fprintln(w)
			printTable(w, s, rows(data))
		}
	}
}

// printQueue writes the message of an answer, and how many wait.
func printQueue(w io.Writer, a eppclient.Answer) {
	if text := a.Queue.Child("msg").Value(); text != "" {
		fmt.Fprintf(w, "      message %s of %s: %s\n", a.Queue.Attr("id"), a.Queue.Child("qDate").Value(), text)
	}
	fmt.Fprintf(w, "      messages waiting: %s\n", a.Queue.Attr("count"))
}

// A row is one line: what, its value, and a remark.
type row struct{ what, value, remark string }

// checkRows says of each object whether it can be had.
func checkRows(data *eppclient.Node) []row {
	var list []row
	for _, cd := range data.All("cd") {
		object := cd.Child("name")
		if object == nil {
			object = cd.Child("id")
		}
		value := "not available"
		if avail := object.Attr("avail"); avail == "1" || avail == "true" {
			value = "available"
		}
		list = append(list, row{object.Value(), value, cd.Child("reason").Value()})
	}
	return list
}

func disclosed(n *eppclient.Node) string {
	var list []string
	for _, c := range n.Children {
		list = append(list, strings.TrimSpace(c.Name.Local+" "+c.Attr("type")))
	}
	return strings.Join(list, ", ")
}

// printTable aligns rows. A name that repeats the one above is left out.
func printTable(w io.Writer, s style, list []row) {
	whatWidth, valueWidth := 0, 0
	for _, r := range list {
		whatWidth = max(whatWidth, utf8.RuneCountInString(r.what))
		valueWidth = max(valueWidth, utf8.RuneCountInString(r.value))
	}
	last := ""
	for _, r := range list {
		what := r.what
		if what == last {
			what = ""
		}
		last = r.what
		text := pad(r.value, valueWidth)
		switch r.value {
		case "available":
			text = s.good(text)
		case "not available":
			text = s.bad(text)
		}
		line := "  " + s.faint(pad(what, whatWidth)) + "  " + text
		if r.remark != "" {
			line += "  " + s.faint(r.remark)
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// pad fills a text up with spaces to a width in characters.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// printGreeting writes a greeting for people.
func printGreeting(w io.Writer, s style, greeting *eppclient.Node) {
	list := []row{
		{"server", greeting.Child("svID").Value(), ""},
		{"time", greeting.Child("svDate").Value(), ""},
	}
	menu := greeting.Child("svcMenu")
	for _, v := range menu.All("version") {
		list = append(list, row{"version", v.Text, ""})
	}
	for _, v := range menu.All("lang") {
		list = append(list, row{"language", v.Text, ""})
	}
	for _, v := range menu.All("objURI") {
		list = append(list, row{"object", v.Text, ""})
	}
	for _, v := range menu.Child("svcExtension").All("extURI") {
		list = append(list, row{"extension", v.Text, ""})
	}
	printTable(w, s, list)
}
