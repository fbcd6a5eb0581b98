"""keep sights."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sight',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment='case, document, paper, file, task or note'),
    sa.Column('subject', sa.Text(), nullable=False, comment='the id of it; empty for the case itself'),
    sa.Column('key_id', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False, comment='HMAC-SHA256 of everything above'),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sight_account_id_account')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_sight_board_id_board')),
    sa.ForeignKeyConstraint(['case_id'], ['case.id'], name=op.f('fk_sight_case_id_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sight'))
    )
    with op.batch_alter_table('sight', schema=None) as batch_op:
        batch_op.create_index('ix_sight_account', ['account_id', 'at'], unique=False)
        batch_op.create_index('ix_sight_case', ['case_id', 'at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sight', schema=None) as batch_op:
        batch_op.drop_index('ix_sight_case')
        batch_op.drop_index('ix_sight_account')

    op.drop_table('sight')
