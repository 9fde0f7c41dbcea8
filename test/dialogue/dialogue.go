// Package dialogue owns the conversations in documents: what a registrar sends stands in a fenced block "xml H1001",
// what the server answers in the next one, "xml answer", and what an operator types in a block "sh".
package dialogue

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A Block is a fenced part of a document.
type Block struct {
	Whole string // with its fences
	Info  string // "answer", "operator", or the session that sends: a registrar's id and perhaps a word
	Text  string
}

// Registrar is who sends the frame of a block.
func (b Block) Registrar() string {
	id, _, _ := strings.Cut(b.Info, " ")
	return id
}

// IsAnswer reports whether the block is what the server says to the one before.
func (b Block) IsAnswer() bool { return b.Info == "answer" }

// IsOperators reports whether the block is a command of the operator, for a shell.
func (b Block) IsOperators() bool { return b.Info == "operator" }

var fenced = regexp.MustCompile("(?ms)^```(?:xml ([^\n]+)|sh)\n(.*?)^```$")

// Read returns the text of a document and its blocks.
func Read(t testing.TB, path string) (text string, blocks []Block) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fenced.FindAllStringSubmatch(string(data), -1) {
		b := Block{m[0], m[1], m[2]}
		if b.Info == "" {
			b.Info = "operator"
		}
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no conversation", path)
	}
	return string(data), blocks
}

var (
	declaration = regexp.MustCompile(`^<\?xml[^>]*\?>\s*`)
	gaps        = regexp.MustCompile(`>\s+<`)
	tags        = regexp.MustCompile(`<[^>]+>|[^<]+`)
	differing   = regexp.MustCompile(`(<svTRID>|<svID>|<msgQ [^>]*id="|<changePoll:svTRID>|<maint:id[^>]*>)[^"<]*`)
)

// IsAnsweredAs compares an answer with what a document says of it, in which … stands for anything.
func IsAnsweredAs(documented, answer string) bool {
	var pattern strings.Builder
	for i, part := range strings.Split(flat(documented), "…") {
		if i > 0 {
			pattern.WriteString(".*")
		}
		pattern.WriteString(regexp.QuoteMeta(part))
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(flat(answer))
}

// flat is a frame without its declaration and without white space between elements.
func flat(frame string) string {
	return gaps.ReplaceAllString(declaration.ReplaceAllString(strings.TrimSpace(frame), ""), "><")
}

// Indented is a frame for people: an element a line, with … for the ids that differ from run to run.
func Indented(frame string) string {
	parts := tags.FindAllString(differing.ReplaceAllString(flat(frame), "$1…"), -1)
	var b strings.Builder
	depth := 0
	for i := 0; i < len(parts); i++ {
		part := parts[i]
		switch {
		case strings.HasPrefix(part, "</"):
			depth--
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
		case strings.HasSuffix(part, "/>"):
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
		case i+2 < len(parts) && !strings.HasPrefix(parts[i+1], "<"):
			b.WriteString(strings.Repeat("  ", depth) + part + parts[i+1] + parts[i+2] + "\n")
			i += 2
		default:
			b.WriteString(strings.Repeat("  ", depth) + part + "\n")
			depth++
		}
	}
	return b.String()
}

// Placeholders are what frames of a document leave to the reader: the id of the last message, an allocation code.
type Placeholders struct{ Message, Code string }

var messageID = regexp.MustCompile(`<msgQ[^>]* id="(\d+)"`)

// Hear keeps the id of the message in an answer.
func (p *Placeholders) Hear(answer string) {
	if m := messageID.FindStringSubmatch(answer); m != nil {
		p.Message = m[1]
	}
}

// Fill returns a frame with what it leaves to the reader.
func (p *Placeholders) Fill(frame string) string {
	return strings.NewReplacer(`msgID="ID"`, `msgID="`+p.Message+`"`, ">CODE<", ">"+p.Code+"<").Replace(frame)
}
