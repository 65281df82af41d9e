# A web server for tests, a process for each connection: it answers with the head that it got, or with
# what the path asks for.
use strict; use warnings;
use IO::Socket::INET; use Digest::SHA qw(sha1); use MIME::Base64 qw(encode_base64);

my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => shift, Listen => 64, ReuseAddr => 1)
    or die "cannot listen: $!";
$SIG{CHLD} = "IGNORE";
while (1) {
  my $client = $server->accept or next;
  if (!fork) { close $server; serve($client); exit 0; }
  close $client;
}

sub serve {
  my $client = shift;
  while (1) {
    my $head = "";
    while (my $line = <$client>) { $head .= $line; last if $line eq "\r\n"; }
    my ($path) = $head =~ m{^\S+ (\S+)} or return;
    if ($path eq "/events") {
      chunk($client, undef);
      chunk($client, "data: first\n");
      select(undef, undef, undef, 0.02) until -e "/tmp/go";
      chunk($client, "data: second\n");
      chunk($client, "");
    } elsif ($path eq "/socket") {
      return socket_echo($client, $head);
    } elsif ($path eq "/upload") {
      my ($length) = $head =~ /Content-Length: (\d+)/i;
      read($client, my $body, $length);
      text($client, "got " . length $body);
    } elsif ($path eq "/large") {
      text($client, "x" x (10 << 20));
    } else {
      if ($path eq "/go") { open my $file, ">", "/tmp/go"; }
      text($client, $head);
    }
    return if $head =~ /^Connection: close/mi;
  }
}

sub text {
  my ($client, $body) = @_;
  print $client "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
  $client->flush;
}

sub chunk {
  my ($client, $data) = @_;
  print $client defined $data
      ? sprintf("%x\r\n%s\r\n", length $data, $data)
      : "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  $client->flush;
}

# Sends each short message of a WebSocket back (RFC 6455).
sub socket_echo {
  my ($client, $head) = @_;
  my ($key) = $head =~ /^Sec-WebSocket-Key: (\S+)/mi;
  my $accept = encode_base64(sha1($key . "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), "");
  print $client "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      . "Sec-WebSocket-Accept: $accept\r\n\r\n";
  $client->flush;
  while (read($client, my $start, 6) == 6) {
    my ($first, $length, @mask) = unpack("C6", $start);
    $length &= 0x7f;
    read($client, my $data, $length) == $length or return;
    my $i = 0;
    $data = join "", map { chr(ord($_) ^ $mask[$i++ % 4]) } split //, $data;
    print $client pack("CC", $first, $length) . $data;
    $client->flush;
  }
}
