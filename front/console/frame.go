package console

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// A FrameVerdict is what is to be said of a frame that a registrar shows without sending it. Manual 9.10.
type FrameVerdict struct {
	Masked string // the frame without the passwords and codes in it
	Valid  bool   // by the schemas

	Line, Column int      // where it is not; 0 where no place is to blame
	Means        []string // what it asks for, in words
	Extensions   []string // their namespaces

	// What the command would come to now. The code is empty of a frame that is about a session.
	Code, Message string
	Good          bool
	Remedy        string   // what would make a refused command work
	Refusals      []string // the reasons why it is refused, each with what to do
	Prices        []FramePrice
	Changes       []string      // what would be stored of the registrar's own
	Objects       []FrameObject // of a check
}

// A FramePrice is a price that would be asked for.
type FramePrice struct {
	Object, Operation, Total, Why string
	Years                         int
	Fees                          []string
}

// A FrameObject is one answer of a check.
type FrameObject struct {
	Object, Reason string
	Available      bool
}

// Frames judges frames: the console knows no EPP.
type Frames func(ctx context.Context, who registry.RegistrarID, frame []byte) (FrameVerdict, error)

// frameRoutes are the pages of the frame validator. Manual 9.10.
func (c *Console) frameRoutes() []route {
	if c.config.Frames == nil {
		return nil
	}
	return []route{
		{method: http.MethodGet, path: Path + "frames", area: policy.AreaFrames, handle: c.frames},
		{method: http.MethodPost, path: Path + "frames", area: policy.AreaFrames, handle: c.judgeFrame, maxBody: longestFrameForm},
	}
}

// longestFrameForm is how long a form with a frame may be: each octet of one takes three in it.
const longestFrameForm = 4 * longestFrame

// longestFrame is how many octets of a frame are looked at; EPP takes no longer one, and says so itself.
const longestFrame = 64 << 10

// A framePage shows a frame and what is to be said of it.
type framePage struct {
	form
	Verdict *FrameVerdict
	Lines   []frameLine // near what is wrong
}

// A frameLine is one line of a frame.
type frameLine struct {
	Number int
	Text   string
	Wrong  bool
}

func (c *Console) frames(v *visit) error {
	return v.show("frame", &framePage{form: v.form(url.Values{}, nil)})
}

// judgeFrame says what is wrong with a frame, what it means, and what it would do. It is not sent.
func (c *Console) judgeFrame(v *visit) error {
	text := v.values.Get("frame")
	p := &framePage{form: v.form(nil, nil)}
	switch {
	case strings.TrimSpace(text) == "":
		p.wrong("frame", v.t("Paste a frame."))
	case len(text) > longestFrame:
		p.Values.Set("frame", "")
		p.wrong("frame", v.t("A frame has at most %s octets.", number(longestFrame)))
	}
	if len(p.Wrong) > 0 {
		return v.render(http.StatusUnprocessableEntity, "frame", p)
	}
	verdict, err := c.config.Frames(v.r.Context(), v.visitor.Registrar.ID, []byte(text))
	if err != nil {
		return err
	}
	p.Values.Set("frame", verdict.Masked)
	p.Lines = linesNear(verdict)
	v.tellFrame(&verdict)
	p.Verdict = &verdict
	return v.show("frame", p)
}

// inFrame is where a refusal by the schemas says what is wrong: behind the sentence of its code, and the place.
var inFrame = regexp.MustCompile(`(?s)^.*?\bline \d+(?:, column \d+)?: `)

// tellFrame puts what is said of a frame into words for people. The sentence of a result code stays as EPP has it.
func (v *visit) tellFrame(f *FrameVerdict) {
	for i, line := range f.Means {
		f.Means[i] = v.means(line)
	}
	for i, line := range f.Changes {
		f.Changes[i] = v.means(line)
	}
	for i, o := range f.Objects {
		f.Objects[i].Reason = v.why(o.Reason)
	}
	if !f.Valid {
		f.Message = v.means(inFrame.ReplaceAllString(f.Message, ""))
	} else if len(f.Refusals) > 0 {
		f.Message, _, _ = strings.Cut(f.Message, "; ") // what follows is why
		var told []string
		for _, reason := range f.Refusals {
			text := v.why(reason)
			if r, size := utf8.DecodeRuneInString(text); size > 0 {
				text = string(unicode.ToUpper(r)) + text[size:]
			}
			if !slices.Contains(told, text) {
				told = append(told, text)
			}
		}
		f.Remedy = strings.Join(told, " ")
	}
}

// around is how many lines are shown before and after the one that is wrong, and widest how much of each.
const (
	around = 2
	widest = 200
)

// linesNear returns the lines of a frame near what is wrong with it.
func linesNear(f FrameVerdict) []frameLine {
	if f.Valid || f.Line < 1 {
		return nil
	}
	text := strings.ReplaceAll(strings.ReplaceAll(f.Masked, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	var near []frameLine
	for n := max(1, f.Line-around); n <= min(len(lines), f.Line+around); n++ {
		line := []rune(lines[n-1])
		near = append(near, frameLine{n, string(line[:min(len(line), widest)]), n == f.Line})
	}
	return near
}
