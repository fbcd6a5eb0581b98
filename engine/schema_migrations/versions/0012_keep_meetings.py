"""keep meetings."""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('meeting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False, comment='the role that the body is, such as sub_group'),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False, comment='HH:MM by the clocks in Wales'),
    sa.Column('place', sa.LargeBinary(), nullable=False),
    sa.Column('quorum', sa.Integer(), nullable=False, comment='how many must be there to decide; 0, any number'),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('why', sa.LargeBinary(), nullable=False, comment='why it was moved or cancelled last'),
    sa.Column('version', sa.Integer(), nullable=False, comment='goes up with every change'),
    sa.Column('submit_key', sa.Text(), nullable=True, comment='so that the same click twice plans one meeting'),
    sa.CheckConstraint("state in ('planned', 'held', 'cancelled')", name=op.f('ck_meeting_state')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_meeting_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_meeting_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
    sa.UniqueConstraint('submit_key', name=op.f('uq_meeting_submit_key'))
    )
    op.create_index('ix_meeting_day', 'meeting', ['board_id', 'body', 'day'], unique=False)
    op.create_table('meeting_record',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('meeting_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False, comment='{present, others, notes, decisions: with votes, reason}; what was before it then: agenda, papers {document: version}'),
    sa.Column('author', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author'], ['account.id'], name=op.f('fk_meeting_record_author_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_meeting_record_board_id_board')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_record_meeting_id_meeting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_record')),
    sa.UniqueConstraint('meeting_id', 'number', name=op.f('uq_meeting_record_meeting_id_number'))
    )


def downgrade() -> None:
    op.drop_table('meeting_record')
    op.drop_index('ix_meeting_day', table_name='meeting')
    op.drop_table('meeting')
