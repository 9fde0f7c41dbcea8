# Judges documents by a schema with libxml2, as xmllint does. The first line of standard input is the path
# of the schema; then each document comes behind a line with its length in octets. Each is answered by one
# line: empty if it is valid, else why it is not.
use strict;
use warnings;
use XML::LibXML;

binmode(STDIN);
binmode(STDOUT, ':encoding(UTF-8)');
$| = 1;
chomp(my $path = <STDIN>);
my $parser = XML::LibXML->new(no_network => 1, load_ext_dtd => 0);
my $schema = XML::LibXML::Schema->new(location => $path);

while (defined(my $length = <STDIN>)) {
	read(STDIN, my $text, $length) == $length or die "a document ends early\n";
	my $reason = '';
	eval { $schema->validate($parser->parse_string($text)); 1 } or $reason = "$@" || 'it is not valid';
	$reason =~ s/\s+/ /g;
	print substr($reason, 0, 400), "\n";
}
