package ftps

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
)

// maxLine bounds a command: a path is far shorter.
const maxLine = 1024

// errTooLong ends a session that sends no end of a line.
var errTooLong = errors.New("the line is too long")

// A command is a line of a client.
type command struct {
	verb string // in upper case
	arg  string
}

// readCommand reads a line. RFC 959 section 4: a verb, a blank and the rest; Telnet's signals before it, which some
// clients send with ABOR, are no part of it.
func readCommand(r *bufio.Reader) (command, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return command{}, errTooLong
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return command{}, err
	}
	return parseCommand(line), nil
}

// parseCommand reads what stands in a line.
func parseCommand(line []byte) command {
	line = bytes.TrimRight(line, "\r\n")
	for len(line) >= 2 && line[0] == telnetIAC {
		line = line[2:]
	}
	verb, arg, _ := bytes.Cut(line, []byte(" "))
	upper := bytes.Clone(verb)
	for i, b := range upper { // octet by octet: what is no UTF-8 must not grow
		if b >= 'a' && b <= 'z' {
			upper[i] = b - 'a' + 'A'
		}
	}
	return command{string(upper), string(arg)}
}

// telnetIAC begins a signal of two octets. RFC 854.
const telnetIAC = 0xff

// A handler answers a command.
type handler struct {
	run func(*session, string) error
	// before says what the command needs not: a login, or TLS.
	before stage
}

// A stage is how far a session has to have come for a command.
type stage int

const (
	stageLogin stage = iota // the zero stage: commands need a login
	stageTLS
	stageNone
)

// handlers has every command that is answered. RFC 959, 2228, 2389, 2428, 3659, 4217.
func handlers() map[string]handler {
	return map[string]handler{
		"AUTH": {(*session).auth, stageNone}, "FEAT": {(*session).features, stageNone}, "HELP": {(*session).help, stageNone},
		"NOOP": {(*session).noop, stageNone}, "QUIT": {(*session).quit, stageNone}, "SYST": {(*session).system, stageNone},
		"OPTS": {(*session).options, stageNone},

		"USER": {(*session).user, stageTLS}, "PASS": {(*session).pass, stageTLS},
		"PBSZ": {(*session).protectionBuffer, stageTLS}, "PROT": {(*session).protect, stageTLS},

		"PWD": {run: (*session).printDir}, "XPWD": {run: (*session).printDir},
		"CWD": {run: (*session).changeDir}, "XCWD": {run: (*session).changeDir},
		"CDUP": {run: (*session).changeUp}, "XCUP": {run: (*session).changeUp},
		"TYPE": {run: (*session).setType}, "MODE": {run: (*session).setMode}, "STRU": {run: (*session).setStructure},
		"PASV": {run: (*session).passive}, "EPSV": {run: (*session).extendedPassive},
		"REST": {run: (*session).restart}, "RETR": {run: (*session).retrieve}, "ABOR": {run: (*session).abort},
		"LIST": {run: (*session).list}, "NLST": {run: (*session).listNames},
		"MLSD": {run: (*session).listFacts}, "MLST": {run: (*session).facts},
		"SIZE": {run: (*session).size}, "MDTM": {run: (*session).modified}, "STAT": {run: (*session).status},
	}
}

// writes are the commands that would change something: there is nothing to write here.
var writes = [...]string{
	"STOR", "STOU", "APPE", "DELE", "RMD", "XRMD", "MKD", "XMKD", "RNFR", "RNTO", "SITE", "MFMT", "MFCT", "MFF", "ALLO",
}

// active are the commands that would have the server connect to where a client says. It never does.
var active = [...]string{"PORT", "EPRT"}

// Commands lists the commands that are answered by name, for who counts; every other one is "other".
func Commands() []string {
	list := slices.Concat(writes[:], active[:])
	for verb := range handlers() {
		list = append(list, verb)
	}
	slices.Sort(list)
	return append(list, Other)
}

// Other stands for the commands that are none.
const Other = "other"
